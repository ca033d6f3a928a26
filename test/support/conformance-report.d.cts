interface Test {
  title: string;
  status: string;
  file: string;
}
interface FileResult {
  testFilePath: string;
  testResults: { title: string; status: string }[];
}
export function casesIn(title: string): string[];
export function testsByCase(results: FileResult[]): Map<string, Test[]>;
export function pageOf(found: Map<string, Test[]>, notes: Record<string, object>): { text: string; faults: string[] };
export function saidOf(page: string): string;
