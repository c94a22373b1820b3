import {
  BufferAttribute,
  BufferGeometry,
  Group,
  Line,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Scene,
  SphereGeometry,
  TorusGeometry,
  WireframeGeometry,
} from 'three/webgpu';
import { MM_PER_M, type Transform } from '../../engine/core/frames.ts';
import type { JointTrajectory } from '../../engine/core/joint-trajectory.ts';
import type { RobotModel } from '../../engine/core/robot.ts';
import type { Fixture } from '../../planners/guidance/fixtures/fixture.ts';
import { obstacleOfFixture } from '../../planners/guidance/fixtures/solid.ts';
import type { RobotAbout } from '../../planners/guidance/messages.ts';
import { bareTip } from '../../planners/motion/rcm/tool.ts';
import { ToolWatch } from '../../planners/motion/rcm/tool-watch.ts';
import { remoteCentreM } from '../../planners/motion/robot/registry.ts';
import { positionsAt } from '../../planners/motion/trajectory/spline.ts';
import type { Surface } from '../engine/messages.ts';
import { geometryOf, RobotFigure, RobotShapes } from './robot-figure.ts';

/** Places of the tip that its trail keeps, and how far it goes from one to the next [m]. */
const TRAIL_POINTS = 2000;
const TRAIL_STEP_M = 2e-4;
const PLAN_POINTS = 200;

export interface RobotLayers {
  readonly robot: boolean;
  readonly spheres: boolean;
  readonly frames: boolean;
  readonly trail: boolean;
  readonly keepOuts: boolean;
}

/**
 * A robot among the anatomy: itself, ghosts of where a planned motion begins and ends, trails of the tip, trocar and keep-outs. All
 * of it in metres in the robot's base frame, under one group that carries it to the patient frame in mm.
 */
export class RobotScene {
  readonly model: RobotModel;
  readonly #root = new Group();
  readonly #keepOuts = new Group();
  readonly #trocar = new Group();
  readonly #solid = new MeshLambertMaterial({ vertexColors: true });
  readonly #ghost = new MeshLambertMaterial({ color: 0x58b0ff, transparent: true, opacity: 0.35, depthWrite: false });
  readonly #startGhost = new MeshLambertMaterial({
    color: 0xd0d0d0,
    transparent: true,
    opacity: 0.25,
    depthWrite: false,
  });
  readonly #figure: RobotFigure;
  readonly #trail = new Line(new BufferGeometry(), new LineBasicMaterial({ color: 0xffd24a }));
  readonly #plan = new Line(new BufferGeometry(), new LineBasicMaterial({ color: 0x58b0ff }));
  readonly #points = new Float32Array(3 * TRAIL_POINTS);
  readonly #watch: ToolWatch;
  /** Where the shaft turns: where it passes the trocar, the error between them. */
  readonly #fulcrum = new Mesh(new SphereGeometry(0.002, 12, 8), new MeshBasicMaterial({ color: 0xffffff }));
  readonly #ring = new Mesh(new TorusGeometry(0.006, 0.0012, 8, 24), new MeshBasicMaterial({ color: 0xff7ad0 }));
  readonly #turnsRing: boolean;
  #count = 0;
  #showsTrails = true;
  readonly #shapes: RobotShapes;
  readonly #start: RobotFigure;
  readonly #goal: RobotFigure;
  #course: JointTrajectory | undefined;

  constructor(scene: Scene, model: RobotModel, { robot, tip, tool, trocarM }: RobotAbout) {
    this.model = model;
    this.#watch = new ToolWatch(model, tool ?? bareTip(tip), trocarM);
    const ringM = trocarM ?? remoteCentreM(robot);
    this.#turnsRing = trocarM !== undefined;
    this.#ring.visible = ringM !== undefined;
    this.#ring.position.set(...(ringM ?? [0, 0, 0]));
    this.#fulcrum.visible = trocarM !== undefined;
    this.#ring.userData.told = trocarM === undefined ? 'remote centre of the mechanism' : 'trocar';
    this.#trocar.add(this.#ring, this.#fulcrum);
    this.#root.matrixAutoUpdate = false;
    this.#shapes = new RobotShapes(model, tool);
    this.#figure = new RobotFigure(this.#shapes, this.#solid, robot);
    this.#start = new RobotFigure(this.#shapes, this.#startGhost);
    this.#goal = new RobotFigure(this.#shapes, this.#ghost);
    this.#plan.geometry.setAttribute('position', new BufferAttribute(new Float32Array(3 * (PLAN_POINTS + 1)), 3));
    this.#trail.geometry.setAttribute('position', new BufferAttribute(this.#points, 3));
    this.#trail.geometry.setDrawRange(0, 0);
    for (const line of [this.#trail, this.#plan]) line.frustumCulled = false;
    const figures = [this.#figure, this.#start, this.#goal].map(({ group }) => group);
    this.#root.add(...figures, this.#keepOuts, this.#trocar, this.#trail, this.#plan);
    scene.add(this.#root);
  }

  setBase(T_patient_base: Transform): void {
    this.#root.matrix
      .copy(new Matrix4().makeScale(MM_PER_M, MM_PER_M, MM_PER_M))
      .multiply(new Matrix4().fromArray(T_patient_base));
    this.#root.matrixWorldNeedsUpdate = true;
  }

  setLayers({ robot, spheres, frames, trail, keepOuts }: RobotLayers): void {
    this.#figure.group.visible = robot;
    this.#figure.showSpheres(spheres);
    this.#figure.showFrames(frames);
    this.#trail.visible = trail;
    this.#showsTrails = trail;
    this.#showPlan();
    this.#keepOuts.visible = keepOuts;
    this.#trocar.visible = keepOuts;
  }

  /** @param tipM measured [m, base frame] */
  setState(q: ArrayLike<number>, tipM: ArrayLike<number>): void {
    this.#figure.setPose(q);
    this.#placeTrocar(q);
    if (this.#count === 0) for (const ghost of [this.#start, this.#goal]) ghost.setPose(q);
    const last = 3 * (this.#count - 1);
    const moved =
      this.#count === 0 || Math.hypot(...[0, 1, 2].map((a) => tipM[a] - this.#points[last + a])) > TRAIL_STEP_M;
    if (!moved) return;
    if (this.#count === TRAIL_POINTS) {
      // The older half goes, so that this happens seldom.
      this.#points.copyWithin(0, (3 * TRAIL_POINTS) / 2);
      this.#count = TRAIL_POINTS / 2;
    }
    this.#points.set([tipM[0], tipM[1], tipM[2]], 3 * this.#count++);
    this.#trail.geometry.attributes.position.needsUpdate = true;
    this.#trail.geometry.setDrawRange(0, this.#count);
  }

  /**
   * Ghosts at the start and along the way of a planned motion, and the way of its tip. They are there from the beginning, only not
   * seen: making them takes a software renderer long enough for the page's beats to be missed, and the robot would hold.
   */
  setPlan(course: JointTrajectory | undefined): void {
    this.#course = course;
    this.#showPlan();
    if (course === undefined) return;
    this.#start.setPose(course.positions.subarray(0, course.jointNames.length));
    this.setGhost(1);
    const { position } = this.#plan.geometry.attributes;
    (position.array as Float32Array).set(this.#tipsOf(course));
    position.needsUpdate = true;
  }

  /** @param share of the time of the planned motion, 0 to 1 */
  setGhost(share: number): void {
    const course = this.#course;
    if (course === undefined) return;
    const q = new Float64Array(course.jointNames.length);
    positionsAt(course, share * course.timeSec[course.timeSec.length - 1], q);
    this.#goal.setPose(q);
  }

  setKeepOuts(surfaces: readonly Surface[], shapes: readonly Fixture[]): void {
    for (const child of [...this.#keepOuts.children]) {
      this.#keepOuts.remove(child);
      (child as Mesh).geometry.dispose();
    }
    for (const { positions, triangles } of surfaces) {
      const geometry = new BufferGeometry();
      geometry.setAttribute('position', new BufferAttribute(positions, 3));
      geometry.setIndex(new BufferAttribute(triangles, 1));
      this.#addLines(geometry);
    }
    for (const shape of shapes) {
      const placed = solidOf(shape);
      if (placed !== undefined) this.#addLines(placed.geometry, placed.matrix, `keep-out ${shape.name}`);
    }
  }

  dispose(): void {
    this.setKeepOuts([], []);
    for (const figure of [this.#figure, this.#start, this.#goal]) figure.dispose();
    this.#shapes.dispose();
    for (const drawn of [this.#trail, this.#plan, this.#ring, this.#fulcrum]) {
      drawn.geometry.dispose();
      drawn.material.dispose();
    }
    for (const material of [this.#solid, this.#ghost, this.#startGhost]) material.dispose();
    this.#root.removeFromParent();
  }

  /** The ring stands square to the shaft. */
  #placeTrocar(q: ArrayLike<number>): void {
    if (!this.#turnsRing) return;
    this.#watch.set(q);
    this.#fulcrum.position.set(...this.#watch.fulcrumM);
    this.#ring.quaternion.set(...this.#watch.tip.rotation);
  }

  #showPlan(): void {
    const isThere = this.#course !== undefined;
    this.#start.group.visible = isThere;
    this.#goal.group.visible = isThere;
    this.#plan.visible = isThere && this.#showsTrails;
  }

  /** @param told what it is called by who points at it: that of a structure lies over what has the name */
  #addLines(geometry: BufferGeometry, matrix?: Matrix4, told?: string): void {
    const lines = new LineSegments(new WireframeGeometry(geometry), KEEP_OUT_LINES);
    if (told !== undefined) lines.userData.told = told;
    geometry.dispose();
    if (matrix !== undefined) lines.applyMatrix4(matrix);
    this.#keepOuts.add(lines);
  }

  #tipsOf(course: JointTrajectory): Float32Array {
    const q = new Float64Array(course.jointNames.length);
    const end = course.timeSec[course.timeSec.length - 1];
    const tips = new Float32Array(3 * (PLAN_POINTS + 1));
    for (let n = 0; n <= PLAN_POINTS; n++) {
      positionsAt(course, (n / PLAN_POINTS) * end, q);
      this.#watch.set(q);
      tips.set(this.#watch.tip.position, 3 * n);
    }
    return tips;
  }
}

const KEEP_OUT_LINES = new LineBasicMaterial({ color: 0xff6a5a, transparent: true, opacity: 0.25 });

function solidOf(fixture: Fixture): { geometry: BufferGeometry; matrix: Matrix4 } | undefined {
  const obstacle = obstacleOfFixture(fixture);
  if (obstacle === undefined || obstacle.shape.kind === 'field') return undefined;
  const geometry = geometryOf(obstacle.shape);
  return geometry && { geometry, matrix: new Matrix4().fromArray(obstacle.pose) };
}
