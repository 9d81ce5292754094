import { TreeSelect } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '#platform/ui/client.ts'
import { listUnits, type UnitView } from '../contract.ts'

interface Node {
  readonly id: number
  readonly pId: number | null
  readonly value: number
  readonly title: string
  readonly isLeaf: boolean
}

function nodeOf(unit: UnitView, inTree: boolean): Node {
  return {
    id: unit.unit_id,
    pId: inTree ? unit.parent_id : null,
    value: unit.unit_id,
    title: unit.name,
    isLeaf: !inTree || unit.child_count === 0,
  }
}

function nameOf(nodes: readonly Node[], unitId: number): string | undefined {
  return nodes.find(({ value }) => value === unitId)?.title
}

const NAMES_WAIT_MS = 250

/** Chooses a unit from the tree, a branch at a time, or by typing part of its name. */
export function UnitSelect({
  label,
  value,
  valueName,
  onChange,
  className,
  id,
}: {
  label: string
  value: number | undefined
  /** The name of the chosen unit, which may lie in a branch that is not open yet. */
  valueName?: string
  onChange: (unitId: number) => void
  className?: string
  id?: string
}) {
  const { t } = useTranslation()
  const [tree, setTree] = useState<readonly Node[]>([])
  const [found, setFound] = useState<readonly Node[] | undefined>(undefined)
  const [words, setWords] = useState('')
  const [open, setOpen] = useState(false)

  const loadBelow = useCallback(async (parentId: number | undefined) => {
    const query = parentId === undefined ? { limit: 100 } : { parent_id: String(parentId), limit: 100 }
    const { units } = await call(listUnits, { query })
    setTree((before) => {
      const known = new Set(before.map(({ id: knownId }) => knownId))
      return [...before, ...units.filter(({ unit_id }) => !known.has(unit_id)).map((unit) => nodeOf(unit, true))]
    })
  }, [])

  useEffect(() => {
    if (open && tree.length === 0) void loadBelow(undefined).catch(() => undefined)
  }, [open, tree.length, loadBelow])

  useEffect(() => {
    const name_contains = words.trim()
    if (name_contains === '') {
      setFound(undefined)
      return
    }
    const timer = setTimeout(() => {
      call(listUnits, { query: { name_contains, limit: 30 } })
        .then(({ units }) => setFound(units.map((unit) => nodeOf(unit, false))))
        .catch(() => setFound([]))
    }, NAMES_WAIT_MS)
    return () => clearTimeout(timer)
  }, [words])

  const shown = found ?? tree
  return (
    <TreeSelect
      id={id}
      aria-label={label}
      className={className}
      labelInValue
      value={value === undefined ? undefined : { value, label: nameOf(shown, value) ?? valueName ?? String(value) }}
      onChange={(next: { value: number; label: unknown } | undefined) => next !== undefined && onChange(next.value)}
      treeDataSimpleMode
      treeData={[...shown]}
      loadData={(node) => loadBelow(Number(node.value))}
      open={open}
      onOpenChange={setOpen}
      showSearch={{ filterTreeNode: false, searchValue: words, onSearch: setWords }}
      popupMatchSelectWidth={300}
      placeholder={t('org.choose')}
      notFoundContent={t('org.none_found')}
    />
  )
}
