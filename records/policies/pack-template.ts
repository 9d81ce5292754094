import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Level } from '#engines/policy/pack.ts'

/** What is filled into the template of a pack. */
export interface TemplateValues {
  readonly name: string
  readonly level: Level
  /** Division code. */
  readonly area: string
  /** The pack above; undefined where there is none. */
  readonly above: string | undefined
}

const FOLDER = path.resolve(import.meta.dirname, 'pack-template')

/**
 * The files of a small pack that checks and runs, with comments that teach: what `tongpao policy new` writes, and what an empty
 * draft begins with. Paths are relative to the pack's own folder. Under a pack above, which may have been begun from the same files, the
 * names begin with the level: a name that stands above cannot be used again.
 *
 * @example templateFiles({ name: 'binhai-2024', level: 'county', area: '999901', above: undefined })[0]?.path
 */
export function templateFiles(values: TemplateValues): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(FOLDER, { recursive: true })
    .map(String)
    .filter((file) => /\.(yaml|json)$/.test(file))
    .sort()
    .map((file) => ({
      path: file.split(path.sep).join('/'),
      text: filled(readFileSync(path.join(FOLDER, file), 'utf8'), values),
    }))
}

/** The names that the template gives, where they are names and not words of a sentence. */
const TEMPLATE_NAMES =
  /(?<=^ {2}|^ {6}|(?:source|basis|decision|decision_point|point|rate|over): )(?:notice|duty-allowance-rate|duty-allowance|whole-day-over|volunteer-allowance)(?=$|[:, ])/gm

function filled(text: string, { name, level, area, above }: TemplateValues): string {
  const line = above === undefined ? '# extends: 上一层的包           # 有上级通知就写上' : `extends: ${above}`
  const named = above === undefined ? text : text.replace(TEMPLATE_NAMES, (one) => `${level}-${one}`)
  return named
    .replaceAll('NAME', name)
    .replaceAll('LEVEL', level)
    .replaceAll('AREA', area)
    .replace('#EXTENDS', () => line)
}
