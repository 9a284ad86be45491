/** The operating system's word for what failed, with what to do. */
export function whyNot(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file or folder; check the path",
    EACCES: "not allowed; check its permissions",
    EPERM: "not allowed; check its permissions",
    EROFS: "the disk can only be read; choose another folder",
    ENOSPC: "the disk is full; make room",
    EDQUOT: "your quota on this disk is used up; make room",
    EFBIG: "it would be larger than this disk or your limits allow; make room",
    EISDIR: "it is a folder; name a file",
    ENOTDIR: "a part of the path is a file, not a folder",
    EMFILE: "too many files are open",
  };
  // What Deno was not allowed has a message that says which permission.
  return known[String(code)] ?? (error instanceof Error ? error.message : String(error));
}
