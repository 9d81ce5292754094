/** Pages are named after `#`, so that the server needs to know only one address. */
export interface Route {
  readonly page: string
  /** What follows the page's name, as in `owed/meal-allowance`. */
  readonly rest: string
  readonly query: URLSearchParams
}

/** @example routeOf('#/owed/meal-allowance').rest // 'meal-allowance' */
export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [page = '', ...rest] = path.split('/')
  return { page, rest: decodeURIComponent(rest.join('/')), query: new URLSearchParams(query) }
}
