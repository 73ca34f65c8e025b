# fish completion for gantry: put it into ~/.config/fish/completions/gantry.fish,
# or for one shell: gantry completion fish | source
function __gantry_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] __complete -- $words[2..-1] 2>/dev/null)
    if test "$found" = ":files"
        __fish_complete_path (commandline -ct)
    else
        string join -- \n $found
    end
end
complete -c gantry -f -a '(__gantry_complete)'
