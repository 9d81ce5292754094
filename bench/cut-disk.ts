import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A disk of its own in a file, with its own file system, mounted through a loop device. What was written but not synced
 * stays in the memory of that file system and is not in the file: a copy of the file is what a power cut would leave behind.
 * Reading the files themselves would not do: through the page cache one sees writes that no disk has, and opening them with
 * O_DIRECT makes the kernel write them out first.
 */
const SIZE_BYTES = 3 * 1024 ** 3
/** The journal of its own accord syncs after this; the run is over long before. */
const COMMIT_SECONDS = 600

export class CutDisk {
  readonly home: string
  readonly #folder: string
  readonly #image: string

  private constructor(folder: string, image: string, home: string) {
    this.#folder = folder
    this.#image = image
    this.home = home
  }

  /** Throws where the machine does not allow it: no root, no loop devices, no mkfs. */
  static create(): CutDisk {
    const folder = mkdtempSync(join(tmpdir(), 'tongpao-disk-'))
    const image = join(folder, 'disk')
    try {
      writeFileSync(image, '')
      truncateSync(image, SIZE_BYTES)
      execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'pipe' })
      return CutDisk.#mount(folder, image)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  static #mount(folder: string, image: string): CutDisk {
    chmodSync(folder, 0o711)
    const home = join(folder, 'home')
    mkdirSync(home)
    execFileSync('mount', ['-o', `loop,commit=${COMMIT_SECONDS}`, image, home], { stdio: 'pipe' })
    return new CutDisk(folder, image, home)
  }

  /** From here on everything that was written so far counts as on the disk. */
  sync(): void {
    execFileSync('sync', ['-f', this.home])
  }

  /** The disk as it would be found after the power went at this moment, mounted as a disk of its own. */
  copyAfterCut(): CutDisk {
    const folder = mkdtempSync(join(tmpdir(), 'tongpao-disk-'))
    const image = join(folder, 'disk')
    execFileSync('cp', ['--sparse=always', this.#image, image])
    return CutDisk.#mount(folder, image)
  }

  remove(): void {
    execFileSync('umount', [this.home], { stdio: 'pipe' })
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
