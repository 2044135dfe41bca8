/** The parts of the browser that the page uses. The project's programs run in Node: the rest of it is nothing to their types. */
export interface Browser {
  readonly document: {
    readonly documentElement: Element;
    querySelector(selector: string): Element | null;
    querySelectorAll(selector: string): Iterable<Element>;
    createElement(tag: string): Element;
    /** Copies what is selected. Out of favour, and all that a page without a clipboard has. */
    execCommand(name: 'copy'): boolean;
  };
  readonly navigator: { readonly clipboard?: { writeText(text: string): Promise<void> } };
  matchMedia(query: string): Listened;
  getComputedStyle(element: Element): { getPropertyValue(name: string): string };
  getSelection(): { selectAllChildren(element: Element): void };
  addEventListener(name: string, listener: (event: PointerLike) => void): void;
  requestAnimationFrame(callback: () => void): void;
}

export interface Listened {
  addEventListener(name: string, listener: (event: PointerLike) => void): void;
}

export interface PointerLike {
  readonly clientX: number;
  readonly button: number;
  preventDefault(): void;
}

export interface Element extends Listened {
  textContent: string;
  className: string;
  title: string;
  hidden: boolean;
  readonly clientWidth: number;
  readonly dataset: Readonly<Record<string, string | undefined>>;
  readonly classList: { toggle(name: string, on: boolean): void };
  readonly style: { setProperty(name: string, value: string): void };
  append(...children: readonly Element[]): void;
  replaceChildren(...children: readonly Element[]): void;
  querySelector(selector: string): Element | null;
  closest(selector: string): Element | null;
  getBoundingClientRect(): { readonly left: number; readonly width: number };
  scrollIntoView(options: {
    readonly block: 'start' | 'nearest';
    readonly behavior: 'smooth';
  }): void;
}

export const browser = globalThis as unknown as Browser;
