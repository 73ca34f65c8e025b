# bash completion for gantry: put it into /usr/share/bash-completion/completions/gantry,
# or for one shell: source <(gantry completion bash)
_gantry() {
    local line=${COMP_LINE:0:COMP_POINT} current='' candidate
    local -a words=()
    # By spaces only: bash would part names at colons and equals signs.
    read -ra words <<<"$line"
    case $line in
        *[[:space:]]) words+=('') ;;
    esac
    current=${words[${#words[@]} - 1]}
    COMPREPLY=()
    while IFS= read -r candidate; do
        if [ "$candidate" = :files ]; then
            compopt -o default
            COMPREPLY=()
            return
        fi
        candidate=${candidate%%$'\t'*}
        # What stands before the last colon or equals sign is in the line already.
        case $current in
            *:*) [[ $COMP_WORDBREAKS == *:* ]] && candidate=${candidate#"${current%"${current##*:}"}"} ;;
            *=*) [[ $COMP_WORDBREAKS == *=* ]] && candidate=${candidate#"${current%"${current##*=}"}"} ;;
        esac
        COMPREPLY+=("$candidate")
    done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
}
complete -F _gantry gantry
