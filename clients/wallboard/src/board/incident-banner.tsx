import { Icon } from '../parts/icon.tsx';
import { useFeed } from '../stream/live-board.ts';
import { incidentTexts } from './incident-text.ts';

/** What is wrong with the platform, or with agents' connections, for as long as it is. */
export function IncidentBanner() {
  const { incidents } = useFeed();
  const texts = incidentTexts(incidents);
  // The region is always there: what appears in it is read out.
  return (
    <div role="status" aria-label="Incidents" data-incidents={texts.length}>
      {texts.length > 0 && (
        <div className="incident-banner">
          <Icon name="warning" />
          {texts.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
    </div>
  );
}
