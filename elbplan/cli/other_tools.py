"""Commands and options of other tools (Terraform, Pulumi, CDK, kubectl, Alembic...), each with the way of elbplan."""

from __future__ import annotations

from collections.abc import Mapping

PLAN = "elbplan plan shows what would change, and changes nothing"
APPLY = "elbplan apply changes AWS to match the spec"
DESTROY = "elbplan destroy STACK deletes a stack"
LIST = "elbplan list shows the stacks of an account; elbplan status shows their health"
IMPORT = "elbplan import writes the spec of a load balancer that exists"
STATUS = "elbplan status lists stacks with their health, addresses and drift"
STACK_STATUS = "elbplan status STACK shows one stack; elbplan map STACK draws it"
REFRESH = "elbplan reads AWS each time; elbplan status shows drift, and elbplan accept-drift keeps it"
NO_STATE = "elbplan has no state file: AWS is the state, and elbplan status shows it"
ROLLBACK = "elbplan apply --rollback undoes an unfinished change; elbplan apply --to NNNN goes back to a migration"
LOGIN = "elbplan uses the credentials of the AWS tools: aws configure or aws sso login, then --profile NAME"
LOGS = "elbplan runs shows the last runs; --debug FILE writes each request to AWS"
SAVE = "elbplan plan --save NAME saves the plan as a migration, and elbplan apply runs it"
HISTORY = "elbplan runs lists the last runs; elbplan status STACK lists the migrations"
TOP = "elbplan status --watch shows the health until Ctrl-C"
WHY = "elbplan explain targets.web finds out why something does not work"
FOLDERS = "elbplan has no workspaces: one spec is one stack; --profile and --region choose the account and region"
FORMAT = "elbplan writes specs with comments as you write them; elbplan expand prints the long form"
COST = "elbplan plan --detail and elbplan status --cost show the cost"
EDIT = "edit the spec with an editor; elbplan schema helps the editor, elbplan plan shows the change"
REPLACE = "change the spec: elbplan plan says what must be replaced; elbplan creates the new one first"

GROUP = "elbplan"
SANDBOX = "elbplan sandbox"

COMMANDS: Mapping[str, Mapping[str, str]] = {
    GROUP: {
        **dict.fromkeys(("preview", "diff", "synth", "dry-run", "drift", "detect-drift"), PLAN),
        **dict.fromkeys(("up", "deploy", "create", "update", "run", "push", "converge", "sync"), APPLY),
        **dict.fromkeys(("delete", "rm", "remove", "down", "teardown", "terminate"), DESTROY),
        **dict.fromkeys(("ls", "ps", "stacks"), LIST),
        **dict.fromkeys(("health", "info"), STATUS),
        **dict.fromkeys(("adopt", "scan", "import-all"), IMPORT),
        **dict.fromkeys(("new", "bootstrap", "setup", "quickstart"), "elbplan init writes a first spec"),
        **dict.fromkeys(("show", "get", "describe", "output", "outputs"), STACK_STATUS),
        **dict.fromkeys(("refresh", "reconcile"), REFRESH),
        **dict.fromkeys(("state", "pull"), NO_STATE),
        **dict.fromkeys(("taint", "untaint", "replace", "recreate"), REPLACE),
        **dict.fromkeys(("rollback", "undo", "downgrade", "revert"), ROLLBACK),
        **dict.fromkeys(("login", "logout", "configure", "auth"), LOGIN),
        **dict.fromkeys(("logs", "log", "events"), LOGS),
        **dict.fromkeys(("revision", "makemigrations", "save"), SAVE),
        **dict.fromkeys(("migrate", "upgrade"), "elbplan apply runs the migrations of a stack"),
        **dict.fromkeys(("history", "current", "showmigrations"), HISTORY),
        **dict.fromkeys(("top", "watch"), TOP),
        **dict.fromkeys(("debug", "why", "troubleshoot"), WHY),
        **dict.fromkeys(("workspace", "env", "context", "use"), FOLDERS),
        **dict.fromkeys(("fmt", "format"), FORMAT),
        **dict.fromkeys(("cost", "price", "breakdown"), COST),
        **dict.fromkeys(("force-unlock", "cancel"), "elbplan unlock STACK takes the lock from a dead run"),
        **dict.fromkeys(("check", "test"), "elbplan validate checks specs; elbplan verify checks that a stack answers"),
        **dict.fromkeys(("edit", "config"), EDIT),
        "graph": "elbplan map STACK draws what AWS has; elbplan plan --format mermaid draws a plan",
        "console": "elbplan has no console; elbplan expand prints all values of a spec",
        "providers": "elbplan has no providers: it calls AWS itself",
        "simulate": "elbplan sandbox start starts the local AWS simulator; elbplan rehearse tests migrations",
        "start": "elbplan sandbox start starts the local AWS simulator",
        "stop": "elbplan sandbox stop stops the local AWS simulator",
        "browse": "elbplan open STACK opens the address of a stack",
    },
    SANDBOX: {
        **dict.fromkeys(("up", "run", "launch"), "elbplan sandbox start"),
        **dict.fromkeys(("down", "kill", "destroy", "delete"), "elbplan sandbox stop"),
        **dict.fromkeys(("clear", "clean", "empty"), "elbplan sandbox reset"),
        **dict.fromkeys(("info", "ps", "show"), "elbplan sandbox status"),
        "help": "elbplan sandbox --help",
    },
}  # fmt: skip
"""By group of commands: words of other tools, and what does it here."""

WHOLE_STACKS = "elbplan handles whole stacks; name the stacks: elbplan plan STACK"
VARIABLES = "write ${NAME} in the spec, and set NAME in the environment"
NO_QUESTION = "elbplan apply --yes does not ask; elbplan destroy --confirm STACK gives the name"
FORCE = "--allow HAZARD allows a risk by its name; elbplan apply --yes does not ask"
LOCK = "elbplan always locks a stack while it writes; elbplan unlock STACK takes the lock from a dead run"
REPORT = "elbplan plan --format md --output FILE writes a report"
DEBUG = "-v prints more; --debug FILE writes each request to AWS"
PATHS = "paths of specs are arguments: elbplan plan specs/web.yaml"
FOLDER = "change the folder with cd, or name the paths: elbplan plan path/to/specs"
NO_REFRESH = "elbplan reads AWS each time, and nothing can be out of date"

OPTIONS: Mapping[str, str] = {
    **dict.fromkeys(("--dry-run", "--dryrun", "--check", "--noop", "-n"), PLAN),
    **dict.fromkeys(("--target", "--exclude", "-t"), WHOLE_STACKS),
    **dict.fromkeys(("--stack", "--stack-name", "--name", "-s"), "names of stacks are arguments: elbplan plan STACK"),
    **dict.fromkeys(("--var", "--var-file", "--set", "--parameter-overrides"), VARIABLES),
    "--out": f"{SAVE}; {REPORT}",
    **dict.fromkeys(("--refresh-only", "--expect-no-changes"), REFRESH),
    "--refresh": NO_REFRESH,
    "--destroy": DESTROY,
    **dict.fromkeys(("--replace", "--taint"), REPLACE),
    **dict.fromkeys(("--force", "-f", "--skip-preview"), FORCE),
    **dict.fromkeys(("--yes", "-y", "--auto-approve", "--assume-yes", "--no-confirm"), NO_QUESTION),
    **dict.fromkeys(("--non-interactive", "--input", "--no-input"), f"elbplan asks only on a terminal; {NO_QUESTION}"),
    **dict.fromkeys(("--require-approval", "--approve-changes"), FORCE),
    **dict.fromkeys(("--state", "--state-out", "--backend", "--backend-config", "--backup"), NO_STATE),
    **dict.fromkeys(("--lock", "--lock-timeout"), LOCK),
    "--parallelism": "--parallel N runs up to N steps at the same time",
    **dict.fromkeys(("--chdir", "--cwd", "-C", "--work-dir"), FOLDER),
    **dict.fromkeys(("--file", "--filename", "--template", "--spec", "--config"), PATHS),
    **dict.fromkeys(("-o", "--output", "--format"), f"--json prints JSON; {REPORT}"),
    "--diff": "elbplan plan --detail shows every field that changes",
    **dict.fromkeys(("--log-level", "--trace", "--logtostderr"), DEBUG),
    **dict.fromkeys(("--endpoint-url", "--endpoint"), "set AWS_ENDPOINT_URL in the environment, or use --sandbox"),
    **dict.fromkeys(
        ("--account", "--role-arn", "--role"), "--profile NAME chooses the account; profile: and role: in the spec too"
    ),
    **dict.fromkeys(("--watch", "-w"), TOP),
    **dict.fromkeys(("-V", "--v"), "elbplan --version prints the version, -v prints more"),
    "--no-colour": "--no-color prints without color",
    "--plain": "--no-color prints without color; --json prints JSON for programs",
}  # fmt: skip
"""Options of other tools, with two dashes, and what does it here. An option that the command has never comes here."""

SAME_OPTIONS = ("auto-approve", "json", "no-color", "detailed-exitcode", "help", "version")
"""Options that Terraform writes with one dash, and that mean the same here."""

ONE_DASH = ("target", "var", "var-file", "out", "refresh-only", "refresh", "destroy", "replace", "force", "input",
            "state", "state-out", "backend", "backend-config", "backup", "lock", "lock-timeout", "parallelism", "chdir",
            "exclude")  # fmt: skip
"""Options that Terraform writes with one dash, and that elbplan does not have. As short options they would mean
something else: `-out=x` would be `-o ut=x`."""
