import { Button } from 'antd'
import { useRef } from 'react'

interface SheetChooserProps {
  readonly label: string
  readonly busy: boolean
  /** The press that the page is for; a lesser one where a file was chosen before. */
  readonly isMain?: boolean
  readonly onChoose: (file: File) => void
}

/** A button that lets an office choose one of its sheets. */
export function SheetChooser({ label, busy, isMain = true, onChoose }: SheetChooserProps) {
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={chooser}
        type="file"
        accept=".xlsx,.csv"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={label}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          // The same file, mended, may be chosen again.
          target.value = ''
          if (file) onChoose(file)
        }}
      />
      <Button type={isMain ? 'primary' : 'default'} loading={busy} onClick={() => chooser.current?.click()}>
        {label}
      </Button>
    </>
  )
}
