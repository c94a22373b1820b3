export interface ColladaParts {
  /** x, y, z of each vertex. */
  readonly positions: readonly number[];
  /** Elements with two inputs, VERTEX and NORMAL; one triangle by default. */
  readonly faces?: readonly { readonly kind: string; readonly inner: string; readonly material?: string }[];
  /** What stands in the nodes of the scene, the outermost first; the last one shows the mesh. */
  readonly nodes?: readonly string[];
  readonly unit?: number;
  readonly up?: string;
  /** Symbol -> r, g, b, a. */
  readonly materials?: Readonly<Record<string, string>>;
  /** Nodes of the library. */
  readonly library?: string;
}

/** A COLLADA file of one mesh, as modelling programs write it. */
export function collada(parts: ColladaParts): string {
  const { positions, nodes = [''], unit = 1, up = 'Z_UP', materials = {}, library = '' } = parts;
  const faces = parts.faces ?? [{ kind: 'triangles', inner: '<p>0 9 1 9 2 9</p>' }];
  const count = positions.length / 3;
  const names = Object.keys(materials);
  const effects = names.map(
    (name) =>
      `<effect id="${name}-effect"><profile_COMMON><technique sid="common"><lambert><diffuse><color>${materials[name]}</color></diffuse></lambert></technique></profile_COMMON></effect>`,
  );
  const used = names.map((name) => `<material id="${name}-id"><instance_effect url="#${name}-effect"/></material>`);
  const bound = names.map((name) => `<instance_material symbol="${name}" target="#${name}-id"/>`);
  const shown = `<instance_geometry url="#mesh"><bind_material><technique_common>${bound.join('')}</technique_common></bind_material></instance_geometry>`;
  const scene = nodes.reduceRight((inner, own, n) => `<node id="node${n === 0 ? '' : n}">${own}${inner}</node>`, shown);
  return `<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
<asset><unit name="unit" meter="${unit}"/><up_axis>${up}</up_axis></asset>
<library_effects>${effects.join('')}</library_effects>
<library_materials>${used.join('')}</library_materials>
<library_geometries><geometry id="mesh"><mesh>
<source id="positions"><float_array id="floats" count="${positions.length}">${positions.join(' ')}</float_array>
<technique_common><accessor source="#floats" count="${count}" stride="3"/></technique_common></source>
<vertices id="vertices"><input semantic="POSITION" source="#positions"/></vertices>
${faces
  .map(
    ({ kind, inner, material }) =>
      `<${kind}${material === undefined ? '' : ` material="${material}"`}><input semantic="VERTEX" source="#vertices" offset="0"/><input semantic="NORMAL" source="#positions" offset="1"/>${inner}</${kind}>`,
  )
  .join('\n')}
</mesh></geometry></library_geometries>
<library_nodes>${library}</library_nodes>
<library_visual_scenes><visual_scene id="scene">${scene}</visual_scene></library_visual_scenes>
<scene><instance_visual_scene url="#scene"/></scene>
</COLLADA>`;
}
