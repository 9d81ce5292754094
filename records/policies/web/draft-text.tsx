import { Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PackCheck } from '../contract-drafts.ts'
import { Mistakes } from './draft-check.tsx'
import { TextEditor, type TextEditorHandle } from './text-editor.tsx'
import type { TextFile } from './use-draft-check.ts'

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The rules as text, file by file, with what is wrong beside the line. */
export function DraftText({
  files,
  check,
  shown,
  readOnly,
  onFiles,
  onShow,
}: {
  files: readonly TextFile[]
  check: PackCheck | undefined
  shown: Place | undefined
  readOnly: boolean
  onFiles: (files: readonly TextFile[]) => void
  onShow: (place: Place) => void
}) {
  const { t } = useTranslation()
  const [path, setPath] = useState(files[0]?.path ?? '')
  const editor = useRef<TextEditorHandle>(null)
  useEffect(() => {
    if (!shown) return
    setPath(shown.file)
    // The other file is on the screen one turn later.
    const timer = setTimeout(() => editor.current?.show(shown.line, shown.column), 0)
    return () => clearTimeout(timer)
  }, [shown])
  const file = files.find((one) => one.path === path) ?? files[0]
  if (!file) return null
  const mistakes = check?.mistakes ?? []
  const wrong = new Set(mistakes.filter((mistake) => mistake.file === file.path).map(({ line }) => line))
  return (
    <div className="stack">
      <label className="row" htmlFor="draft-file">
        {t('drafts.files')}
        <Select
          id="draft-file"
          value={file.path}
          onChange={setPath}
          popupMatchSelectWidth={false}
          options={files.map((one) => ({ value: one.path, label: one.path }))}
        />
      </label>
      <TextEditor
        ref={editor}
        label={file.path}
        value={file.text}
        readOnly={readOnly}
        wrong={wrong}
        onChange={(text) => onFiles(files.map((one) => (one.path === file.path ? { ...one, text } : one)))}
      />
      <Mistakes mistakes={mistakes} onShow={onShow} />
    </div>
  )
}
