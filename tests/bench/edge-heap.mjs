// What an isolate of workerd holds, by its inspector: objects, and the bytes of buffers.

/** Looks at the heap of the Worker whose inspector listens there; null where it has gone. */
export async function heapOf(inspector) {
  try {
    const [{ webSocketDebuggerUrl }] = await (await fetch(`http://${inspector}/json`)).json();
    const socket = new WebSocket(webSocketDebuggerUrl);
    try {
      return await answered(socket);
    } finally {
      socket.close();
    }
  } catch {
    return null;
  }
}

function answered(socket) {
  return new Promise((resolve, reject) => {
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
    socket.onerror = () => reject(new Error("the inspector does not answer"));
    socket.onclose = socket.onerror;
    socket.onmessage = ({ data }) => {
      const { id, result } = JSON.parse(data);
      if (id === 1) resolve({ objects: result.usedSize, buffers: result.backingStorageSize });
    };
  });
}
