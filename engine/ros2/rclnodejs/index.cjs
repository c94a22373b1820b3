'use strict';
// What `require('rclnodejs')` gives ros2-web-bridge: light by itself; DDS and messages come with the first call that needs them.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

let loaded;
function facade() {
  if (loaded !== undefined) return loaded;
  const file = join(__dirname, 'facade.cjs');
  if (!existsSync(file)) throw new Error(`${file} is not built yet: run npm run build`);
  loaded = require(file);
  return loaded;
}

module.exports = {
  init: (...args) => facade().init(...args),
  createNode: (...args) => facade().createNode(...args),
  spin: (...args) => facade().spin(...args),
  spinOnce: (...args) => facade().spin(...args),
  shutdown: () => (loaded === undefined ? undefined : loaded.shutdown()),
  isShutdown: () => (loaded === undefined ? false : loaded.isShutdown()),
  validator: {
    validateTopicName: (name) => facade().validator.validateTopicName(name),
    validateFullTopicName: (name) => facade().validator.validateFullTopicName(name),
  },
};
