const files: string[] = ['enum.ts', 'namespace.mts', 'parameter.cts', 'equals.cts', 'syntax.ts', 'lines.ts'];
for (const file of files) {
  const error = await import(`./refused/${file}`).then(() => new Error('it ran'), (error: any) => error);
  console.log(error.name, error.code, error instanceof SyntaxError, error.message);
  console.log(error.stack.split('\n    at ')[0]);
}
