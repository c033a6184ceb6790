import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../api/client.js';
import type { EventReceipt } from '../api/types.js';
import { Moment } from '../moments/moment.js';
import { Waiting } from '../shell/waiting.js';
import { checkReceipt, type Outcome, type ReceiptCheck } from './check-receipt.js';

/** One event: what was recorded, where it stands in the log, and whether the proof of that holds. */
export function EventProof({ eventId }: { readonly eventId: string }) {
  const { data, error } = useQuery({
    queryKey: ['receipt', eventId],
    queryFn: async ({ signal }) => {
      const path = { event: eventId };
      const receipt = await answer(api.GET('/v1/events/{event}/receipt', { params: { path }, signal }));
      return { receipt, check: await checkReceipt(eventId, receipt) };
    },
    retry: false,
  });
  if (error !== null) {
    return (
      <p className="refusal" role="alert">
        {error.message}
      </p>
    );
  }
  if (data === undefined) return <Waiting what="the proof" />;
  const { receipt, check } = data;
  return (
    <>
      {check === null ? <NotChecked /> : <Verdict check={check} />}
      <Place receipt={receipt} />
      <details>
        <summary>The event, to the letter</summary>
        <pre>{JSON.stringify(JSON.parse(receipt.event), null, 2)}</pre>
      </details>
      <details>
        <summary>The signed checkpoint, and the keys of the ledger</summary>
        <pre>{receipt.checkpoint}</pre>
        <pre>{receipt.keys.join('\n')}</pre>
      </details>
      <p className="hint">
        The keys came from this server, too. Who does not want to take its word compares them, or the checkpoint, with
        one that was kept elsewhere, and checks the receipt without this page.
      </p>
      <p>
        <a href={`/v1/events/${eventId}/receipt`} download={`receipt-${eventId}.json`}>
          Receipt, which proves itself offline
        </a>
      </p>
    </>
  );
}

const CHECKS: readonly { readonly part: keyof ReceiptCheck; readonly holds: string; readonly fails: string }[] = [
  {
    part: 'event',
    holds: 'The hash is that of the event as it was recorded.',
    fails: 'The hash is not that of this event.',
  },
  {
    part: 'inclusion',
    holds: 'The event stands in the log of the checkpoint, at its place.',
    fails: 'The event does not stand in the log of the checkpoint.',
  },
  {
    part: 'signature',
    holds: 'The checkpoint is signed with a key of this ledger.',
    fails: 'The checkpoint is signed with no key of this ledger.',
  },
];

const SHAPES: Readonly<Record<Outcome, string>> = { holds: '●', fails: '▲', unchecked: '○' };

function NotChecked() {
  return (
    <div className="verdict verdict-unchecked" role="status">
      <p>
        <strong>Not checked: this page did not come over https.</strong>
      </p>
      <p>
        On an address without https a browser lets no page compute hashes, so this one can say nothing of the proof.
        Open the console at an https address, or take the receipt and check it offline.
      </p>
    </div>
  );
}

function Verdict({ check }: { readonly check: ReceiptCheck }) {
  const outcomes = CHECKS.map(({ part }) => check[part]);
  const [word, verdict] = outcomes.includes('fails')
    ? (['fails', 'Not proven: something of this does not hold.'] as const)
    : outcomes.includes('unchecked')
      ? (['unchecked', 'Not all of it could be checked in this browser.'] as const)
      : (['holds', 'Proven. All of it was worked out in this browser.'] as const);
  return (
    <div className={`verdict verdict-${word}`} role="status">
      <p>
        <strong>{verdict}</strong>
      </p>
      <ul>
        {CHECKS.map(({ part, holds, fails }) => (
          <li key={part}>
            <span aria-hidden="true">{SHAPES[check[part]]}</span> {check[part] === 'fails' ? fails : holds}
            {check[part] === 'unchecked' && (
              <strong> Not checked: this browser does not know Ed25519 signatures.</strong>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Place({ receipt }: { readonly receipt: EventReceipt }) {
  const { eventHash, leafIndex, treeSize, stream, revision, event } = receipt;
  const { type, recordedAt, actor } = JSON.parse(event) as RecordedEvent;
  return (
    <dl>
      <dt>Event</dt>
      <dd>
        {type}, recorded <Moment at={recordedAt} /> by {actor.name}
      </dd>
      <dt>In its stream</dt>
      <dd>
        revision {revision} of <code>{stream}</code>
      </dd>
      <dt>In the log</dt>
      <dd>
        leaf {leafIndex} (the first is 0) of the {treeSize} that the checkpoint holds
      </dd>
      <dt>Hash</dt>
      <dd>
        <code>{eventHash}</code>
      </dd>
    </dl>
  );
}

/** What of `storyledger-event/1` is shown. */
interface RecordedEvent {
  readonly type: string;
  readonly recordedAt: string;
  readonly actor: { readonly name: string };
}
