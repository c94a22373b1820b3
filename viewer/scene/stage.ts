import {
  ColorManagement,
  LinearSRGBColorSpace,
  type OrthographicCamera,
  type PerspectiveCamera,
  type Scene,
  WebGPURenderer,
} from 'three/webgpu';

/** A part of the page that is drawn by the renderer: one scene, seen by one camera. */
export interface StageView {
  readonly element: HTMLElement;
  readonly scene: Scene;
  readonly camera: OrthographicCamera | PerspectiveCamera;
  /** Called before it is drawn, with its size [CSS px]. */
  fit(width: number, height: number): void;
}

// Colours of images and legends are what they are: nothing is converted on the way to the screen.
ColorManagement.enabled = false;

/**
 * One canvas and one renderer behind all views of the page. It draws only when somebody asks: a frame shows everything that
 * was asked for since the last one.
 */
export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly #renderer: WebGPURenderer;
  readonly #views = new Set<StageView>();
  #isAsked = false;
  #isReady = false;
  #isLost = false;

  /** WebGPU on a hardware adapter; WebGL 2 else, since software WebGPU is for checking, not for work. */
  static async create(canvas: HTMLCanvasElement): Promise<Stage> {
    const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
    const isSoftware = adapter?.info?.isFallbackAdapter === true || adapter?.info?.architecture === 'swiftshader';
    const renderer = new WebGPURenderer({
      canvas,
      antialias: false,
      alpha: false,
      forceWebGL: adapter == null || isSoftware,
    });
    renderer.outputColorSpace = LinearSRGBColorSpace;
    await renderer.init();
    return new Stage(canvas, renderer);
  }

  private constructor(canvas: HTMLCanvasElement, renderer: WebGPURenderer) {
    this.canvas = canvas;
    this.#renderer = renderer;
    this.#isReady = true;
    renderer.autoClear = false;
    renderer.onDeviceLost = () => {
      this.#isLost = true;
    };
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** `webgpu` or `webgl2`. */
  get backend(): string {
    return (this.#renderer.backend as { isWebGPUBackend?: boolean }).isWebGPUBackend === true ? 'webgpu' : 'webgl2';
  }

  add(view: StageView): () => void {
    this.#views.add(view);
    this.draw();
    return () => {
      this.#views.delete(view);
      this.draw();
    };
  }

  /** Draws with the next frame. */
  draw(): void {
    if (this.#isAsked || !this.#isReady) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0 || this.#isLost) return;
    const renderer = this.#renderer;
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      renderer.setPixelRatio(ratio);
      renderer.setSize(width, height, false);
    }
    const bounds = this.canvas.getBoundingClientRect();
    renderer.setScissorTest(false);
    renderer.setClearColor(0x000000, 1);
    renderer.clear();
    renderer.setScissorTest(true);
    for (const view of this.#views) {
      const place = view.element.getBoundingClientRect();
      if (place.width < 2 || place.height < 2) continue;
      const x = place.left - bounds.left;
      const y = place.top - bounds.top;
      renderer.setViewport(x, y, place.width, place.height);
      renderer.setScissor(x, y, place.width, place.height);
      view.fit(place.width, place.height);
      renderer.render(view.scene, view.camera);
    }
  }
}
