import { type ReactNode, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import type { Attribution, Claim, Source } from '../api/types.js';
import { AttributionActions, ClaimActions } from '../enter/action-buttons.js';
import type { MomentAsked } from '../replay/stops.js';
import { ClaimStatusMark } from '../status/status-mark.js';
import { wordOf } from '../status/status-meanings.js';
import { AttributionLine } from './attribution-line.js';
import { originText, ruleText, setAsideText } from './reasons.js';
import { useClaimDetail } from './thread-queries.js';

export interface ClaimContext {
  readonly thread: string;
  /** Null: now. */
  readonly moment: MomentAsked;
  readonly attributions: ReadonlyMap<string, Attribution>;
  readonly sources: ReadonlyMap<string, Source>;
}

interface CardProps extends ClaimContext {
  readonly claim: Claim;
  /** The step that is shown is about it. */
  readonly hasMoved: boolean;
}

/** A claim, where it stands, and why. */
export function ClaimCard({ claim, hasMoved, ...context }: CardProps) {
  const [open, setOpen] = useState(claim.core || hasMoved);
  useEffect(() => {
    if (hasMoved) setOpen(true);
  }, [hasMoved]);
  useOnPaper(() => setOpen(true));
  const { key, statement, core, status, basis, challenged } = claim;
  return (
    <li className={hasMoved ? 'claim moved' : 'claim'}>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <ClaimStatusMark status={status} basis={status === 'confirmed' ? basis : null} />
          <h3>{statement}</h3>
          <span className="tags">
            {!core && <span className="tag">detail</span>}
            {challenged && <span className="tag">challenged</span>}
            {claim.ruling !== null && <span className="tag">ruling</span>}
            {key !== null && <code>{key}</code>}
          </span>
        </summary>
        {open && <ClaimBody claim={claim} {...context} />}
      </details>
    </li>
  );
}

/** A fold cannot be opened on paper: what it holds is shown before the page is printed. */
function useOnPaper(show: () => void): void {
  const current = useRef(show);
  current.current = show;
  useEffect(() => {
    const print = () => flushSync(() => current.current());
    window.addEventListener('beforeprint', print);
    return () => window.removeEventListener('beforeprint', print);
  }, []);
}

function ClaimBody({ claim, ...context }: ClaimContext & { readonly claim: Claim }) {
  return (
    <div className="claim-body">
      <Why claim={claim} />
      <div className="sides">
        <Side title="For" voices={claim.for} {...context} />
        <Side title="Against" voices={claim.against} {...context} />
      </div>
      <SetAside claim={claim} {...context} />
      <WouldChange claim={claim} {...context} />
      <ClaimActions claim={claim} />
    </div>
  );
}

function Why({ claim }: { readonly claim: Claim }) {
  const { rule, origin, computedStatus, status, ruling, lastStatus } = claim;
  const decidedBy = originText(origin);
  return (
    <div className="why">
      {decidedBy !== null && (
        <p className="heed">
          {decidedBy}
          {ruling !== null && `: “${ruling.reason}”`}.{' '}
          {computedStatus !== status && <>By the rules alone it would be {wordOf(computedStatus).toLowerCase()}.</>}
          {lastStatus !== null && <> Before that it was {wordOf(lastStatus).toLowerCase()}.</>}
        </p>
      )}
      <p>
        <span className="rule">{rule}</span> {ruleText(rule)}.
      </p>
    </div>
  );
}

interface SideProps extends ClaimContext {
  readonly title: 'For' | 'Against';
  readonly voices: Claim['for'];
}

/** Each group is one voice, however many speak for it. */
function Side({ title, voices, attributions, sources }: SideProps) {
  return (
    <section className={`side side-${title.toLowerCase()}`}>
      <h4>
        {title} <span className="count">{voices.length === 1 ? '1 voice' : `${voices.length} voices`}</span>
      </h4>
      {voices.length === 0 && <p className="hint">Nobody</p>}
      <ul>
        {voices.map(({ group, attributionIds, firm }) => (
          <li key={group} className="voice">
            <p className="group">
              <code>{group}</code>
              {!firm && <span className="hint"> not firm</span>}
            </p>
            {attributionIds.map((id) => {
              const attribution = attributions.get(id);
              return (
                attribution && (
                  <AttributionLine key={id} attribution={attribution} sources={sources}>
                    <AttributionActions attribution={attribution} />
                  </AttributionLine>
                )
              );
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function SetAside({ claim, attributions, sources }: ClaimContext & { readonly claim: Claim }) {
  if (claim.setAside.length === 0) return null;
  return (
    <section className="set-aside">
      <h4>
        Does not count <span className="count">{claim.setAside.length}</span>
      </h4>
      <ul>
        {claim.setAside.map(({ attributionId, reason, by }) => {
          const attribution = attributions.get(attributionId);
          if (attribution === undefined) return null;
          const { word, why } = setAsideText(reason);
          return (
            <li key={attributionId}>
              <AttributionLine attribution={attribution} sources={sources}>
                <p className="reason">
                  <strong>{word}</strong>: {why}
                  <Instead by={by} attributions={attributions} sources={sources} />
                  {attribution.takenBackReason !== null && ` (“${attribution.takenBackReason}”)`}.
                </p>
                <AttributionActions attribution={attribution} />
              </AttributionLine>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface InsteadProps extends Pick<ClaimContext, 'attributions' | 'sources'> {
  readonly by: string | null;
}

/** Which attribution counts in its place. */
function Instead({ by, attributions, sources }: InsteadProps): ReactNode {
  const other = by === null ? undefined : attributions.get(by);
  if (other === undefined) return null;
  const name = other.speaker === null ? 'an unknown speaker' : sources.get(other.speaker.sourceId)?.name;
  const via = other.via.map(({ sourceId }) => sources.get(sourceId)?.name ?? '…').join(' → ');
  return `; counted is ${name ?? '…'}${via === '' ? ', first hand' : ` via ${via}`}`;
}

function WouldChange({ claim, thread, moment }: ClaimContext & { readonly claim: Claim }) {
  const { data } = useClaimDetail(thread, claim.claimId, moment);
  if (data === undefined || data.wouldChange.length === 0) return null;
  return (
    <section className="would-change">
      <h4>What would change it{moment !== null && ', then'}</h4>
      <ul>
        {data.wouldChange.map(({ sentence }) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
