/** The phone's own database: queued actions and what must outlive a restart of the page. */
const NAME = 'tongpao-phone'
const VERSION = 1

let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION)
    request.onupgradeneeded = () => {
      const actions = request.result.createObjectStore('actions', { keyPath: 'seq', autoIncrement: true })
      actions.createIndex('key', 'key', { unique: true })
      request.result.createObjectStore('memory')
    }
    request.onsuccess = () => {
      // A newer page that wants to change the shape must not wait for this one.
      request.result.onversionchange = () => {
        request.result.close()
        opened = undefined
      }
      request.result.onclose = () => {
        opened = undefined
      }
      resolve(request.result)
    }
    request.onerror = () => reject(request.error ?? new Error('the database of the phone did not open'))
  })
}

export function phoneDatabase(): Promise<IDBDatabase> {
  opened ??= open().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

export function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('a request to the phone’s database failed'))
  })
}

/** Settles when the transaction is really on the disk: only then may the page say "saved". */
export function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('a transaction of the phone’s database failed'))
    transaction.onerror = () => reject(transaction.error ?? new Error('a transaction of the phone’s database failed'))
  })
}

export async function transaction(
  store: 'actions' | 'memory',
  mode: IDBTransactionMode,
): Promise<{ objects: IDBObjectStore; done: Promise<void> }> {
  const database = await phoneDatabase()
  // Older browsers ignore the option; newer ones then answer only once the disk has it.
  const open = database.transaction(store, mode, mode === 'readwrite' ? { durability: 'strict' } : undefined)
  return { objects: open.objectStore(store), done: finished(open) }
}

export async function recall<T>(key: string): Promise<T | undefined> {
  const { objects } = await transaction('memory', 'readonly')
  const value: T | undefined = await result(objects.get(key))
  return value
}

export async function remember(key: string, value: unknown): Promise<void> {
  const { objects, done } = await transaction('memory', 'readwrite')
  objects.put(value, key)
  await done
}

export async function forget(key: string): Promise<void> {
  const { objects, done } = await transaction('memory', 'readwrite')
  objects.delete(key)
  await done
}
