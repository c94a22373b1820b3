import {
  AmbientLight,
  BufferAttribute,
  BufferGeometry,
  ClippingGroup,
  DirectionalLight,
  DoubleSide,
  LineBasicMaterial,
  LineSegments,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Object3D,
  PerspectiveCamera,
  Plane,
  Raycaster,
  Scene,
  SphereGeometry,
  Vector2,
  Vector3,
} from 'three/webgpu';
import type { Rgb } from '../../engine/core/color.ts';
import type { Grid, Vec3 } from '../../engine/core/grid.ts';
import { type Beam, fieldCornersMm } from '../../planners/radiation/beams/beam.ts';
import type { ShadedSurface } from '../engine/messages.ts';
import type { StageView } from './stage.ts';

/** A click so near to an edge of a beam is on it [px]. */
const BEAM_REACH_PX = 4;

/** A surface and the point on it [mm, LPS], or a beam by its place in the plan. */
export type Picked =
  | { readonly name: string; readonly atMm: Vec3 }
  | { readonly beam: number }
  /** Of a robot or what belongs to it. */
  | { readonly part: string };

/** The anatomy in space: surfaces of structures and doses, beams, isocentre. Lengths in mm, LPS. */
export class AnatomyScene implements StageView {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(35, 1, 10, 10_000);
  readonly #centre: Vector3;
  readonly #surfaces = new Map<string, Mesh<BufferGeometry, MeshLambertMaterial>>();
  readonly #cut = new ClippingGroup();
  readonly #plane = new Plane();
  readonly #isocenter = new Mesh(
    new SphereGeometry(3.5, 16, 12),
    new MeshBasicMaterial({ color: 0xffe070, depthTest: false, transparent: true }),
  );
  #beams: LineSegments<BufferGeometry, LineBasicMaterial> | undefined;
  #mmPerPixel = 1;
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
    this.#cut.clippingPlanes = [this.#plane];
    this.#cut.enabled = false;
    this.#isocenter.visible = false;
    this.#isocenter.renderOrder = 2;
    this.scene.add(this.#cut, this.#isocenter);
  }

  /** @param key what it is: a surface of the same key is replaced */
  setSurface(key: string, surface: ShadedSurface | undefined, color: Rgb, opacity: number): void {
    const before = this.#surfaces.get(key);
    if (before !== undefined) {
      this.#cut.remove(before);
      discard(before);
      this.#surfaces.delete(key);
    }
    if (surface === undefined || surface.triangles.length === 0) return;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(surface.positions, 3));
    geometry.setIndex(new BufferAttribute(surface.triangles, 1));
    geometry.setAttribute('normal', new BufferAttribute(surface.normals, 3));
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
    mesh.name = key;
    mesh.userData.isSolid = opacity > 0.6;
    this.#surfaces.set(key, mesh);
    this.#cut.add(mesh);
  }

  setVisible(key: string, isVisible: boolean): void {
    const mesh = this.#surfaces.get(key);
    if (mesh !== undefined) mesh.visible = isVisible;
  }

  /** Edges of each beam's rectangle of bixels, from the source through the isocentre plane to as far behind it. */
  setBeams(beams: readonly Beam[]): void {
    if (this.#beams !== undefined) {
      this.scene.remove(this.#beams);
      discard(this.#beams);
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
    this.#beams.userData.pointsOfBeam = points.length / 3 / Math.max(1, beams.length);
    this.scene.add(this.#beams);
    this.#isocenter.visible = beams.length > 0;
    if (beams.length > 0) this.#isocenter.position.set(...(beams[0].isocenterMm as [number, number, number]));
  }

  /** Keys of the surfaces that are there. */
  get surfaces(): readonly string[] {
    return [...this.#surfaces.keys()];
  }

  /** Cuts away what lies beyond a plane square to an axis of the patient. */
  setClipping(axis: 0 | 1 | 2 | undefined, atMm: number, isFlipped: boolean): void {
    this.#cut.enabled = axis !== undefined;
    if (axis === undefined) return;
    const sign = isFlipped ? 1 : -1;
    this.#plane.normal.set(axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0);
    this.#plane.constant = -sign * atMm;
  }

  /**
   * What is seen at a place of the view: the nearest surface that is not cut away, or the edge of a beam or a part of a robot before it;
   * what is seen through gives way to what lies behind it.
   *
   * @param x across, -1 to 1 from left to right @param y up, -1 to 1
   * @param isNearest whether what is seen through, as the skin, counts too, and beams and robots do not
   */
  pick(x: number, y: number, isNearest = false): Picked | undefined {
    const ray = new Raycaster();
    ray.params.Line.threshold = BEAM_REACH_PX * this.#mmPerPixel;
    ray.setFromCamera(new Vector2(x, y), this.camera);
    const visible = [...this.#surfaces.values()].filter((mesh) => mesh.visible);
    const hits = ray
      .intersectObjects(visible, false)
      .filter(({ point }) => !this.#cut.enabled || this.#plane.distanceToPoint(point) >= 0);
    const solid = hits.find(({ object }) => object.userData.isSolid === true);
    const part = isNearest ? undefined : this.#partBefore(ray, solid?.distance ?? Number.POSITIVE_INFINITY);
    if (part !== undefined) return { part };
    const edge = isNearest ? undefined : this.#beams && ray.intersectObject(this.#beams, false)[0];
    if (edge?.index != null && edge.distance < (solid?.distance ?? Number.POSITIVE_INFINITY)) {
      return { beam: Math.floor(edge.index / edge.object.userData.pointsOfBeam) };
    }
    const seen = isNearest ? hits[0] : (solid ?? hits[0]);
    return seen && { name: seen.object.name, atMm: [seen.point.x, seen.point.y, seen.point.z] };
  }

  /** Objects of other scenes' makers that say what they are. */
  #partBefore(ray: Raycaster, distance: number): string | undefined {
    const parts: Object3D[] = [];
    this.scene.traverseVisible((object) => {
      if (object.userData.told !== undefined) parts.push(object);
    });
    const [hit] = ray.intersectObjects(parts, false);
    return hit !== undefined && hit.distance < distance ? hit.object.userData.told : undefined;
  }

  /** @param azimuthRad 0 from the front, a quarter turn from the patient's left @param elevationRad towards the head */
  lookFrom(azimuthRad: number, elevationRad: number): void {
    this.#azimuth = azimuthRad;
    this.#elevation = elevationRad;
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
    this.#mmPerPixel = (2 * Math.tan((camera.fov * Math.PI) / 360) * this.#distance) / height;
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

  /** Gives back what the renderer keeps for it. */
  dispose(): void {
    for (const mesh of this.#surfaces.values()) discard(mesh);
    this.#surfaces.clear();
    this.#cut.clear();
    if (this.#beams !== undefined) discard(this.#beams);
    discard(this.#isocenter);
  }
}

function discard({ geometry, material }: { readonly geometry: BufferGeometry; readonly material: Material }): void {
  geometry.dispose();
  material.dispose();
}
