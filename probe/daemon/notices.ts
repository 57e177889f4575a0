// Sentences about the ring, as `diagnostic` rows.

import { formatBytes, formatCount } from '../../shared/units/format';
import type { DiskStop } from '../spool/disk-stop';
import type { SpoolLeft } from '../spool/spool';
import type { Notice } from './own-rows';

/** What the user should know about the ring that was found at the start. */
export function leftNotices({ isNewSession, removedBytes, cutBytes, damagedCount, missingCount }: SpoolLeft): Notice[] {
  const notices: Notice[] = [];
  const add = (severity: Notice['severity'], code: string, sentence: string, remedy = '') =>
    notices.push({ severity, code, sentence, remedy });
  if (removedBytes > 0) {
    add('info', 'oldSessionRemoved', `The ring of an earlier boot was removed (${formatBytes(removedBytes)}).`);
  }
  if (!isNewSession) add('info', 'probeRestarted', 'The probe was restarted; the session goes on.');
  if (missingCount > 0 || cutBytes > 0) {
    add(
      'warning',
      'ringTailLost',
      `The probe ended before all was on disk: up to ${formatCount(missingCount)} packets and ${formatBytes(cutBytes)} of torn packets are lost.`,
    );
  }
  if (damagedCount > 0) {
    add(
      'error',
      'ringDamaged',
      `${formatCount(damagedCount)} packets in the ring do not match their checksums.`,
      'Check the disk of the probe.',
    );
  }
  return notices;
}

export function diskNotice({ code, sentence, remedy }: DiskStop): Notice {
  return { severity: 'error', code, sentence, remedy };
}

export function resumedNotice({ reason }: DiskStop): Notice {
  return {
    severity: 'info',
    code: 'recordingResumed',
    sentence: `Recording goes on; it had stopped because ${reason}.`,
    remedy: '',
  };
}
