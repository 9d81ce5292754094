import { Tree } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '#platform/ui/client.ts'
import { ProblemNotice } from '#platform/ui/problem-notice.tsx'
import { Waiting } from '#platform/ui/states.tsx'
import { listUnits } from '../contract.ts'

interface Branch {
  readonly key: number
  readonly title: string
  readonly isLeaf: boolean
  readonly children?: Branch[]
}

const BRANCH_SIZE_MAX = 100

async function branchesBelow(parentId: number | undefined): Promise<Branch[]> {
  const query = { limit: BRANCH_SIZE_MAX, ...(parentId === undefined ? {} : { parent_id: String(parentId) }) }
  const { units } = await call(listUnits, { query })
  return units.map(({ unit_id, name, child_count }) => ({ key: unit_id, title: name, isLeaf: child_count === 0 }))
}

function withChildren(branches: readonly Branch[], key: number, children: Branch[]): Branch[] {
  return branches.map((branch) => {
    if (branch.key === key) return { ...branch, children }
    return branch.children ? { ...branch, children: withChildren(branch.children, key, children) } : branch
  })
}

function findBranch(branches: readonly Branch[], key: number): Branch | undefined {
  for (const branch of branches) {
    const found = branch.key === key ? branch : findBranch(branch.children ?? [], key)
    if (found) return found
  }
  return undefined
}

/** The tree, read branch by branch as it is opened; the way to the chosen unit is open from the start. */
export function UnitTree({
  chosen,
  path,
  onChoose,
}: {
  chosen: number
  path: readonly number[]
  onChoose: (unitId: number) => void
}) {
  const { t } = useTranslation()
  const [branches, setBranches] = useState<Branch[] | undefined>(undefined)
  const [open, setOpen] = useState<readonly number[]>([])
  const [error, setError] = useState<unknown>(undefined)

  const load = useCallback(async (key: number) => {
    const children = await branchesBelow(key)
    setBranches((before) => withChildren(before ?? [], key, children))
  }, [])

  const pathText = path.join(' ')
  useEffect(() => {
    let current = true
    const steps = pathText === '' ? [] : pathText.split(' ').map(Number)
    const openTheWay = async () => {
      let tree = await branchesBelow(undefined)
      for (const step of steps) {
        const branch = findBranch(tree, step)
        if (branch && !branch.isLeaf) tree = withChildren(tree, step, await branchesBelow(step))
      }
      if (!current) return
      setBranches((before) => before ?? tree)
      setOpen((before) => [...new Set([...before, ...steps])])
    }
    openTheWay().catch((failure: unknown) => current && setError(failure))
    return () => {
      current = false
    }
  }, [pathText])

  if (error && !branches) return <ProblemNotice error={error} />
  if (!branches) return <Waiting rows={8} />
  return (
    <Tree
      aria-label={t('org.tree')}
      treeData={branches}
      loadData={({ key }) => load(Number(key))}
      expandedKeys={[...open]}
      onExpand={(keys) => setOpen(keys.map(Number))}
      selectedKeys={[chosen]}
      onSelect={(_keys, { node }) => onChoose(Number(node.key))}
      blockNode
      virtual
      height={640}
    />
  )
}
