// Where a browser gives a page no storage, as in some private windows: the same for as long as the tab lives.

/** What of a folder is used. */
export interface Folder {
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<Folder>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
}

/** What of a file is used. */
export interface FileHandle {
  getFile(): Promise<File>;
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}

/** A folder in memory. */
export class MemoryFolder implements Folder {
  readonly #folders = new Map<string, MemoryFolder>();
  readonly #files = new Map<string, MemoryFile>();

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<MemoryFolder> {
    return found(this.#folders, name, create, () => new MemoryFolder());
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<MemoryFile> {
    return found(this.#files, name, create, () => new MemoryFile(name));
  }

  async removeEntry(name: string): Promise<void> {
    this.#folders.delete(name);
    this.#files.delete(name);
  }
}

/** A file in memory, read and written as those of the browser's file system are. */
class MemoryFile implements FileHandle {
  readonly #name: string;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12);
  #size = 0;

  constructor(name: string) {
    this.#name = name;
  }

  async getFile(): Promise<File> {
    return new File([this.#bytes.slice(0, this.#size)], this.#name);
  }

  async createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle> {
    return {
      getSize: () => this.#size,
      truncate: (size: number) => this.#resize(size),
      flush: () => undefined,
      close: () => undefined,
      read: (into: Uint8Array, { at = 0 } = {}) => {
        const piece = this.#bytes.subarray(at, Math.min(this.#size, at + into.byteLength));
        into.set(piece);
        return piece.length;
      },
      write: (from: Uint8Array, { at = 0 } = {}) => {
        this.#resize(Math.max(this.#size, at + from.byteLength));
        this.#bytes.set(from, at);
        return from.byteLength;
      },
    } as unknown as FileSystemSyncAccessHandle;
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, size));
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}

function found<T>(entries: Map<string, T>, name: string, create: boolean, make: () => T): T {
  const known = entries.get(name) ?? (create ? make() : undefined);
  if (known === undefined) throw new Error(`there is no ${name}`);
  entries.set(name, known);
  return known;
}

/** Records by key, as the page's database has them. */
export class MemoryRecords {
  readonly #stores = new Map<string, Map<string, unknown>>();

  async getAll(store: string): Promise<unknown[]> {
    return [...this.#of(store).values()];
  }

  async get(store: string, key: string): Promise<unknown> {
    return this.#of(store).get(key);
  }

  async put(store: string, value: unknown, key?: string): Promise<void> {
    this.#of(store).set(key ?? (value as { id: string }).id, structuredClone(value));
  }

  async delete(store: string, key: string): Promise<void> {
    this.#of(store).delete(key);
  }

  #of(store: string): Map<string, unknown> {
    const known = this.#stores.get(store) ?? new Map<string, unknown>();
    this.#stores.set(store, known);
    return known;
  }
}
