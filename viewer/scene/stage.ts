import {
  ColorManagement,
  LinearSRGBColorSpace,
  type OrthographicCamera,
  type PerspectiveCamera,
  type Scene,
  type Texture,
  WebGPURenderer,
} from 'three/webgpu';
import { drawnShare, paintedBox, screenRatio } from './painted-box.ts';
import { isSoftwareContext, keepCanvasesOffGpu } from './software-canvas.ts';

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
 * was asked for since the last one. On WebGL, which may be software, views that nobody asked for keep their pixels.
 */
export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly #renderer: WebGPURenderer;
  readonly #views = new Set<StageView>();
  readonly #context: WebGL2RenderingContext | null;
  readonly #keepsPixels: boolean;
  readonly #asked = new Set<StageView>();
  /** What lies over a view, by who draws it. */
  readonly #paints = new Map<object, () => void>();
  readonly #places = new Map<StageView, string>();
  #isAsked = false;
  #isAllAsked = true;
  #isLost = false;
  /** Passed when the last frame is drawn. */
  #fence: WebGLSync | null = null;
  readonly #watch = new ResizeObserver(() => this.draw());

  /** Draws with WebGPU on the device that it is given, with WebGL 2 without one. */
  static async create(canvas: HTMLCanvasElement, device: GPUDevice | undefined): Promise<Stage> {
    const context =
      device === undefined
        ? canvas.getContext('webgl2', { antialias: false, depth: true, stencil: false, preserveDrawingBuffer: true })
        : null;
    // After crashes of its GPU process, a browser refuses for a while.
    if (device === undefined && context === null) throw new Error('the browser gives it no WebGL 2');
    const renderer = new WebGPURenderer({
      canvas,
      antialias: false,
      alpha: false,
      ...(device === undefined ? { forceWebGL: true } : { device }),
      ...(context === null ? {} : { context: context as unknown as WebGLRenderingContext }),
    });
    renderer.outputColorSpace = LinearSRGBColorSpace;
    await renderer.init();
    return new Stage(canvas, renderer, context);
  }

  private constructor(canvas: HTMLCanvasElement, renderer: WebGPURenderer, context: WebGL2RenderingContext | null) {
    this.canvas = canvas;
    this.#context = context;
    if (context !== null && isSoftwareContext(context)) keepCanvasesOffGpu();
    this.#keepsPixels = context !== null;
    this.#renderer = renderer;
    renderer.setClearColor(0x000000, 1);
    // WebGL clears what the scissor lets it; WebGPU would clear the other views with each.
    renderer.autoClear = this.#keepsPixels;
    renderer.onDeviceLost = ({ message }) => this.#lose(message);
    this.#watch.observe(canvas);
  }

  /** Called once, when nothing can be drawn here any more. */
  onLost: ((reason: string) => void) | undefined;

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.onLost?.(reason);
  }

  /** The GPU's own texture behind one of three's, where the stage draws with WebGPU; made where it is not there yet. */
  gpuTexture(texture: Texture): GPUTexture | undefined {
    if (this.backend !== 'webgpu' || this.#isLost) return undefined;
    this.#renderer.initTexture(texture);
    return (this.#renderer.backend as unknown as { get(of: Texture): { texture?: GPUTexture } }).get(texture).texture;
  }

  dispose(): void {
    this.#isLost = true;
    this.#watch.disconnect();
    this.#views.clear();
    this.#paints.clear();
    this.#renderer.dispose();
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
      this.#places.delete(view);
      this.draw();
    };
  }

  /** Draws with the next frame: one view, or all of them. */
  draw(view?: StageView): void {
    if (view === undefined) this.#isAllAsked = true;
    else this.#asked.add(view);
    this.#askForFrame();
  }

  /** Calls `draw` with the next frame, so that what lies over a view changes with it; the last one that the same `by` gave. */
  paint(by: object, draw: () => void): void {
    this.#paints.set(by, draw);
    this.#askForFrame();
  }

  #askForFrame(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#drawWhenReady();
  }

  /** A frame that is begun before the last one is done would make the page wait for it. */
  #drawWhenReady(): void {
    requestAnimationFrame(() => {
      if (this.#isBusy()) {
        this.#drawWhenReady();
        return;
      }
      this.#isAsked = false;
      const paints = [...this.#paints.values()];
      this.#paints.clear();
      for (const paint of paints) paint();
      this.#drawNow();
      this.#fence = this.#context?.fenceSync(this.#context.SYNC_GPU_COMMANDS_COMPLETE, 0) ?? null;
    });
  }

  #isBusy(): boolean {
    const gl = this.#context;
    if (gl === null || this.#fence === null || this.#isLost) return false;
    if (gl.getSyncParameter(this.#fence, gl.SYNC_STATUS) !== gl.SIGNALED) return true;
    gl.deleteSync(this.#fence);
    this.#fence = null;
    return false;
  }

  #drawNow(): void {
    // The renderer counts pixels of the canvas: in CSS's, views would begin and end between them.
    const bounds = paintedBox(this.canvas.getBoundingClientRect());
    const share = drawnShare();
    const [width, height] = [Math.round(bounds.width * share), Math.round(bounds.height * share)];
    if (width === 0 || height === 0 || this.#isLost) return;
    const renderer = this.#renderer;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      renderer.setSize(width, height, false);
      this.#isAllAsked = true;
    }
    const places = [...this.#views].map((view) => {
      const place = paintedBox(view.element.getBoundingClientRect());
      return { view, place: { ...place, left: place.left - bounds.left, top: place.top - bounds.top } };
    });
    for (const { view, place } of places) {
      const where = [place.left, place.top, place.width, place.height].join(' ');
      if (this.#places.get(view) !== where) this.#isAllAsked = true;
      this.#places.set(view, where);
    }
    if (!this.#isAllAsked && this.#asked.size === 0) return;
    const drawsAll = this.#isAllAsked || !this.#keepsPixels;
    if (drawsAll) {
      renderer.setScissorTest(false);
      renderer.clear();
    }
    renderer.setScissorTest(true);
    for (const { view, place } of places) {
      if (place.width < 2 || place.height < 2 || !(drawsAll || this.#asked.has(view))) continue;
      const [x, y, across, down] = [place.left, place.top, place.width, place.height].map((n) => Math.round(n * share));
      renderer.setViewport(x, y, across, down);
      renderer.setScissor(x, y, across, down);
      view.fit(place.width / screenRatio(), place.height / screenRatio());
      renderer.render(view.scene, view.camera);
    }
    this.#isAllAsked = false;
    this.#asked.clear();
  }
}
