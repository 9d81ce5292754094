import { forwardRef, useImperativeHandle, useMemo, useRef } from 'react'

const LINE_PX = 20

export interface TextEditorHandle {
  /** Puts the cursor on a line, counted from 1, and brings it into sight. */
  show(line: number, column: number): void
}

/** A plain text field with line numbers; lines with a mistake are marked. Everything a browser's text field can do stays as it is. */
export const TextEditor = forwardRef<
  TextEditorHandle,
  {
    label: string
    value: string
    readOnly: boolean
    wrong: ReadonlySet<number>
    onChange: (value: string) => void
  }
>(function TextEditor({ label, value, readOnly, wrong, onChange }, handle) {
  const area = useRef<HTMLTextAreaElement>(null)
  const lines = useRef<HTMLOListElement>(null)
  const count = useMemo(() => value.split('\n').length, [value])
  useImperativeHandle(handle, () => ({
    show(line, column) {
      const field = area.current
      if (!field) return
      const before = field.value.split('\n').slice(0, line - 1)
      const start = before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1
      const end = field.value.indexOf('\n', start)
      field.focus()
      field.setSelectionRange(start, end < 0 ? field.value.length : end)
      field.scrollTop = Math.max(0, (line - 6) * LINE_PX)
    },
  }))
  return (
    <div className="text-editor">
      <ol className="text-editor-lines" ref={lines} aria-hidden="true">
        {Array.from({ length: count }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <li key={index} className={wrong.has(index + 1) ? 'wrong' : undefined}>
            {wrong.has(index + 1) ? '● ' : ''}
            {index + 1}
          </li>
        ))}
      </ol>
      <textarea
        ref={area}
        aria-label={label}
        aria-invalid={wrong.size > 0}
        value={value}
        readOnly={readOnly}
        spellCheck={false}
        autoCapitalize="off"
        onScroll={(event) => {
          if (lines.current) lines.current.scrollTop = event.currentTarget.scrollTop
        }}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
})
