# Options come from the command line, the environment, a config file and the defaults; --show-config says which.

$ drp eval --show-config --resamples 50 | head -3
journal              -                            default
prompts              -                            default
api-key-file         -                            default

$ printf '{\n  // half as many\n  "resamples": 500, "judge": "m",\n  "models": {"m": {"spec": "llama:m.gguf"}}\n}\n' >c.json

$ DRP_PUNKT=/p drp eval run --config c.json --no-synonyms --show-config
journal              -                            default
prompts              -                            default
api-key-file         -                            default
give-up-after        1800                         default
stall-timeout        300                          default
max-tokens-total     0                            default
max-cost             0                            default
pairs                -                            default
per-sample           off                          default
punkt                /p                           environment DRP_PUNKT
wordnet              -                            default
no-synonyms          on                           command line
resamples            500                          config 'c.json'
bootstrap-seed       12345                        default
judge                m                            config 'c.json'
judge-repeats        3                            default
json                 off                          default
config               c.json                       command line
show-config          on                           command line
color                auto                         default
quiet                off                          default
verbose              off                          default
help                 off                          default

$ DRP_RESAMPLES=70 drp eval --config c.json --show-config --json | grep -A3 '"resamples"'
    "resamples": {
      "value": 70,
      "from": "environment DRP_RESAMPLES"
    },

$ drp run --fidelity paper --set trsr.block=3 --show-config | grep -E '^(evidence|select|trsr.block|drp.validate|cicl.neg) '
select               user                         --fidelity
evidence             off                          --fidelity
drp.validate         fresh                        --fidelity
trsr.block           3                            command line
cicl.neg             peer_random                  default

$ DRP_RESAMPELS=70 drp methods --json >methods.json
! drp: warning: environment DRP_RESAMPELS is no option: did you mean DRP_RESAMPLES?

$ DRP_RESAMPLES=many drp eval run
! drp: error: environment DRP_RESAMPLES: bad value 'many' for --resamples: a whole number is needed
[2]

$ printf '{"resampels": 5}' >typo.json && drp eval run --config typo.json
! drp: error: config 'typo.json': unknown option '--resampels': did you mean --resamples?
[2]

$ printf '{"resamples": 5' >cut.json && drp eval run --config cut.json
! drp: error: 'cut.json': cannot parse: unexpected end of data at byte 15
[3]

$ drp eval run --config nowhere.json
! drp: error: cannot read 'nowhere.json': no such file or folder; check its name
[3]

$ drp completion tcsh
! drp: error: no completion for 'tcsh': bash, zsh or fish
[2]

$ drp help rnu
! drp: error: unknown command 'rnu': did you mean 'run'?
[2]
