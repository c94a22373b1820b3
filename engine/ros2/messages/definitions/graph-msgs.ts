// From ros2/rmw_dds_common (Apache-2.0); a Gid has 24 bytes before version 2.0.0 (humble), 16 since.
// Fields and constants of the public interface, without the comments of the original.

import type { DefinitionTexts } from './texts.ts';

export const GRAPH_MSGS: DefinitionTexts = {
  'rmw_dds_common/msg/Gid': `
char[16] data
`,
  'rmw_dds_common/msg/NodeEntitiesInfo': `
string<=256 node_namespace
string<=256 node_name
Gid[] reader_gid_seq
Gid[] writer_gid_seq
`,
  'rmw_dds_common/msg/ParticipantEntitiesInfo': `
Gid gid
NodeEntitiesInfo[] node_entities_info_seq
`,
};

export const GRAPH_MSGS_OF_HUMBLE: DefinitionTexts = { 'rmw_dds_common/msg/Gid': 'char[24] data\n' };
