export { renderReportHtml } from './html.ts';
export type {
  ProfileCategory,
  ProfileScores,
  ReportOptions,
  WalletProfile,
  WalletReport,
} from './report-data.ts';
export { renderReportText } from './text.ts';
