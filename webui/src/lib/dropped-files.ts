// What somebody drops on a page, folders included.

export interface NamedFile {
  file: File;
  /** Below the destination: "folder/name". */
  path: string;
}

/** Of an <input>: with a folder the names have their paths. */
export const filesOfInput = (files: FileList): NamedFile[] =>
  [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** Must be called while the event is handled; reading folders takes longer. */
export async function filesOfDrop(data: DataTransfer): Promise<NamedFile[]> {
  const entries = [...data.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry): entry is FileSystemEntry => entry !== null);
  return (await Promise.all(entries.map(readEntry))).flat();
}

async function readEntry(entry: FileSystemEntry): Promise<NamedFile[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  for (;;) {
    // A reader gives some at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    for (const child of some) found.push(...(await readEntry(child)));
  }
}
