import { Link } from 'wouter';
import { useTitle } from './use-title.js';

export function NotFoundScreen() {
  useTitle('No such page');
  return (
    <section className="notice-screen">
      <h1>There is no such page</h1>
      <p>
        Nothing lives at <code>{window.location.pathname}</code>. The address may have been cut off when it was copied.
      </p>
      <ul>
        <li>
          <Link href="/">The board</Link> has every thread, with a search.
        </li>
        <li>
          <a href="/docs">The reference</a> describes the API.
        </li>
      </ul>
    </section>
  );
}
