#compdef gantry
# zsh completion for gantry: put it into a directory of $fpath as _gantry,
# or for one shell: source <(gantry completion zsh)
_gantry() {
    local line
    local -a described
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        local name=${line%%$'\t'*} meaning=''
        [[ $line == *$'\t'* ]] && meaning=${line#*$'\t'}
        described+=("${name//:/\\:}${meaning:+:$meaning}")
    done < <("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    _describe gantry described
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _gantry "$@"
else
    compdef _gantry gantry
fi
