import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  DirectionalLight,
  DoubleSide,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  Vector3,
} from 'three/webgpu';
import type { Rgb } from '../../engine/core/color.ts';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { type Beam, fieldCornersMm } from '../../planners/radiation/beams/beam.ts';
import type { Surface } from '../engine/messages.ts';
import type { StageView } from './stage.ts';

/** The anatomy in space: surfaces of structures and doses, beams, isocentre. Lengths in mm, LPS. */
export class AnatomyScene implements StageView {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(35, 1, 10, 10_000);
  readonly #centre: Vector3;
  readonly #surfaces = new Map<string, Mesh>();
  #beams: LineSegments | undefined;
  #azimuth = -0.6;
  #elevation = 0.25;
  #distance: number;

  constructor(element: HTMLElement, grid: Grid) {
    this.element = element;
    const extent = grid.size.map((n, a) => n * grid.spacingMm[a]);
    this.#centre = new Vector3(...grid.originMm.map((mm, a) => mm + extent[a] / 2 - grid.spacingMm[a] / 2));
    this.#distance = 2.1 * Math.max(...extent);
    this.scene.add(new AmbientLight(0xffffff, 1.2));
    const sun = new DirectionalLight(0xffffff, 2);
    sun.position.set(-0.5, -1, 0.8);
    this.scene.add(sun);
  }

  /** @param key what it is: a surface of the same key is replaced */
  setSurface(key: string, surface: Surface | undefined, color: Rgb, opacity: number): void {
    const before = this.#surfaces.get(key);
    if (before !== undefined) {
      this.scene.remove(before);
      before.geometry.dispose();
      this.#surfaces.delete(key);
    }
    if (surface === undefined || surface.triangles.length === 0) return;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(surface.positions, 3));
    geometry.setIndex(new BufferAttribute(surface.triangles, 1));
    geometry.computeVertexNormals();
    const material = new MeshLambertMaterial({
      transparent: opacity < 1,
      opacity,
      side: DoubleSide,
      depthWrite: opacity > 0.6,
    });
    material.color.setRGB(color[0] / 255, color[1] / 255, color[2] / 255);
    const mesh = new Mesh(geometry, material);
    // What is seen through is drawn last.
    mesh.renderOrder = opacity < 1 ? 1 : 0;
    this.#surfaces.set(key, mesh);
    this.scene.add(mesh);
  }

  setVisible(key: string, isVisible: boolean): void {
    const mesh = this.#surfaces.get(key);
    if (mesh !== undefined) mesh.visible = isVisible;
  }

  /** Edges of each beam's rectangle of bixels, from the source through the isocentre plane to as far behind it. */
  setBeams(beams: readonly Beam[]): void {
    if (this.#beams !== undefined) {
      this.scene.remove(this.#beams);
      this.#beams.geometry.dispose();
    }
    const points: number[] = [];
    for (const beam of beams) {
      const { sourceMm } = beam;
      const cornersMm = fieldCornersMm(beam);
      // The source stands a metre away: the last third of the way is enough to see where a beam comes from.
      const along = (corner: Vec3, share: number): number[] =>
        corner.map((mm, a) => sourceMm[a] + share * (mm - sourceMm[a]));
      for (const [n, corner] of cornersMm.entries()) {
        const next = cornersMm[(n + 1) % cornersMm.length];
        points.push(...along(corner, 0.75), ...along(corner, 1.15));
        points.push(...along(corner, 0.75), ...along(next, 0.75));
      }
    }
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(Float32Array.from(points), 3));
    this.#beams = new LineSegments(geometry, new LineBasicMaterial({ color: 0xe8c060 }));
    this.scene.add(this.#beams);
  }

  turn(dx: number, dy: number): void {
    this.#azimuth -= 0.008 * dx;
    this.#elevation = Math.min(1.5, Math.max(-1.5, this.#elevation + 0.008 * dy));
  }

  zoom(factor: number): void {
    this.#distance = Math.min(5000, Math.max(50, this.#distance * factor));
  }

  fit(width: number, height: number): void {
    const { camera } = this;
    const flat = Math.cos(this.#elevation) * this.#distance;
    camera.aspect = width / height;
    camera.up.set(0, 0, 1);
    // Azimuth 0 looks from the front (from -y).
    camera.position.set(
      this.#centre.x + flat * Math.sin(this.#azimuth),
      this.#centre.y - flat * Math.cos(this.#azimuth),
      this.#centre.z + Math.sin(this.#elevation) * this.#distance,
    );
    camera.lookAt(this.#centre);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }
}
