// batchwise completion: what a shell needs to complete commands, options and the names of runs.
import { Argument, type Command } from "commander";

const SHELLS = ["bash", "zsh", "fish"] as const;

export function defineCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes commands and options in your shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .addHelpText(
      "after",
      '\nbash: eval "$(batchwise completion bash)" in ~/.bashrc; zsh likewise; fish: batchwise completion fish | source',
    )
    .action((shell: (typeof SHELLS)[number]) => void process.stdout.write(SCRIPTS[shell](wordsOf(program))));
}

/** What can be completed behind one command. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { flag: string; description: string }[];
  /** Whether it takes the name of a run. */
  readonly takesRun: boolean;
}

function wordsOf(program: Command): Words[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.map(({ long, description }) => ({ flag: long ?? "", description })),
    takesRun: command.registeredArguments.some((argument) => ["run", "a", "b"].includes(argument.name())),
  }));
}

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], (commands: readonly Words[]) => string>> = { bash, zsh, fish };

/** Names of the runs here, the way every shell can ask for them. */
const RUNS = "batchwise ls --quiet 2>/dev/null | cut -d' ' -f1";

function bash(commands: readonly Words[]): string {
  const cases = commands.map(({ name, options, takesRun }) => {
    const words = options.map(({ flag }) => flag).join(" ");
    return `    ${name}) words="${words}${takesRun ? ` $(${RUNS})` : ""}" ;;`;
  });
  return `_batchwise() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")} --help --version"
  else case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) words="" ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _batchwise batchwise
`;
}

function zsh(commands: readonly Words[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const names = commands.map(
    ({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", "\\:")}`)}`,
  );
  const cases = commands.map(({ name, options, takesRun }) => {
    const specs = options.map(({ flag, description }) => quoted(`${flag}[${description.replaceAll(/[[\]]/g, "")}]`));
    const rest = takesRun ? `'*:run:($(${RUNS}))'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[...specs, rest].join(" ")} ;;`;
  });
  return `#compdef batchwise
_batchwise() {
  local -a commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command=\${words[2]}
  shift words; (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
compdef _batchwise batchwise
`;
}

function fish(commands: readonly Words[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, description, options, takesRun }) => [
    `complete -c batchwise -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...options.map(({ flag, description: what }) => {
      const long = flag.replace(/^--/, "");
      return `complete -c batchwise -n '__fish_seen_subcommand_from ${name}' -l ${long} -d ${quoted(what)}`;
    }),
    ...(takesRun ? [`complete -c batchwise -n '__fish_seen_subcommand_from ${name}' -f -a '(${RUNS})'`] : []),
  ]);
  return `${lines.join("\n")}\n`;
}
