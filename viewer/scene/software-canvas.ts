/** Whether a processor draws in the place of a GPU. */
export function isSoftwareContext(context: WebGL2RenderingContext): boolean {
  const info = context.getExtension('WEBGL_debug_renderer_info');
  const name = String(context.getParameter(info === null ? context.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}

let isDone = false;

/**
 * From now on 2-D canvases of the page, those of libraries too, are drawn by the processor straight away. Where software stands in
 * for the GPU, Chromium would send their lines through it, which takes ten times as long, and stop the page while it lags behind.
 */
export function keepCanvasesOffGpu(): void {
  if (isDone) return;
  isDone = true;
  const original = HTMLCanvasElement.prototype.getContext as (this: HTMLCanvasElement, ...args: unknown[]) => unknown;
  HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: object) {
    return original.call(this, kind, kind === '2d' ? { ...options, willReadFrequently: true } : options);
  } as typeof HTMLCanvasElement.prototype.getContext;
}
