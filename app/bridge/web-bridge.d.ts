declare module 'ros2-web-bridge/lib/bridge.js' {
  /** The protocol part of ros2-web-bridge 0.3.0: one for each client. */
  class Bridge {
    constructor(node: object, socket: object, statusLevel?: string);
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'close', listener: (bridgeId: string) => void): this;
    close(): void;
  }
  export = Bridge;
}
