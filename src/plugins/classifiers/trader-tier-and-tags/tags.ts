import type { tags } from '../../../plugin-api/index.ts';
import type { TraderTierConfig } from './config.ts';
import { allAbove, type TierFigures } from './figures.ts';

export interface TagItem {
  readonly tag: (typeof tags)[number];
  readonly because: string;
}

/** The tags of some figures, in the order in which they are listed everywhere. A figure that is not known gives none. */
export function tagsOf(figures: TierFigures, config: TraderTierConfig['tags']): readonly TagItem[] {
  const { score, accountValue, allRoi } = figures;
  const given: TagItem[] = [];
  if (score !== null && score >= config.topPerformerScore) {
    given.push({ tag: 'top_performer', because: `score at least ${config.topPerformerScore}` });
  }
  if (score !== null && score >= config.eliteScore) {
    given.push({ tag: 'elite', because: `score at least ${config.eliteScore}` });
  }
  if (accountValue !== null && accountValue >= config.whaleAccountValue) {
    given.push({ tag: 'whale', because: `account value at least ${config.whaleAccountValue}` });
  }
  if (accountValue !== null && accountValue >= config.largeAccountValue) {
    given.push({ tag: 'large', because: `account value at least ${config.largeAccountValue}` });
  }
  if (allAbove(figures, config.consistentRoiAbove)) {
    given.push({
      tag: 'consistent',
      because: `day, week and month ROI all above ${config.consistentRoiAbove}`,
    });
  }
  if (allRoi !== null && allRoi >= config.highPerformerRoi) {
    given.push({ tag: 'high_performer', because: `all-time ROI at least ${config.highPerformerRoi}` });
  }
  return given;
}
