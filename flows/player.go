package flows

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/vrep/vrep/flows/cond"
)

// PlayerOptions describe the imagined doctor and the clock.
type PlayerOptions struct {
	Doctor  string    // seeds shuffles and splits; "" = always the same doctor
	Profile []byte    // YAML with values of the portrait, level, consents and tags; may be nil
	Lang    string    // language of the doctor, "" = that of the profile or of the house
	Now     time.Time // the clock at the start, in the zone of the account
}

// Player talks one flow through with an imagined doctor, offline and on a clock of its own: in the terminal, in the preview, on random walks. What the
// flow decides is taken as done at once. It is not safe for concurrent use.
type Player struct {
	e     *Engine
	flow  string
	st    State
	facts Facts
	now   time.Time
	last  *snapshot
	over  string
}

// Turn is the outcome of one input, with everything collected so far.
type Turn struct {
	Outcome
	AnswersSoFar map[string]Value // by question id, "flow.id" inside a called flow; only what counts now
	Values       map[string]Value // computed by the author
	Over         string           // word with which the talk ended in this turn, human when a person took over, "" = it goes on
}

// ErrLanguage says that the house does not have a language.
var ErrLanguage = errors.New("the folder has no such language (langs in _config.yaml)")

// NewPlayer makes a player for a flow of the library; ErrLint when the profile cannot be read, ErrLanguage when the house does not have Lang.
func NewPlayer(lib *Library, flow string, opt PlayerOptions) (*Player, error) {
	if opt.Doctor == "" {
		opt.Doctor = "player"
	}
	p := &Player{
		e: &Engine{lib: lib, solo: true, watch: true}, flow: flow, now: opt.Now,
		facts: Facts{Doctor: opt.Doctor, CaseNo: "AE-1", Reads: &imagined{lib: lib}},
		last:  &snapshot{answers: map[string]Value{}, values: map[string]Value{}},
	}
	if err := p.facts.read(opt.Profile, opt.Now); err != nil {
		return nil, err
	}
	if opt.Lang != "" && opt.Lang != lib.language(opt.Lang) {
		return nil, fmt.Errorf("%w: %q", ErrLanguage, opt.Lang)
	}
	p.Speak(opt.Lang)
	return p, nil
}

// Speak gives the imagined doctor a language from the next input on; "" changes nothing.
func (p *Player) Speak(lang string) {
	if lang != "" {
		p.facts.Profile[languageField] = Known{Value: cond.Text(lang), At: p.now}
		p.st.Lang = ""
	}
}

// Language is the language that the imagined doctor speaks now.
func (p *Player) Language() string {
	t := &turn{e: p.e, st: p.st, in: Input{At: p.now}, facts: p.facts, out: &Outcome{}}
	return t.language()
}

// Start begins the flow.
func (p *Player) Start() Turn { return p.Send(Input{Kind: InStart, Key: p.flow}) }

// Send lets one input act at the player's clock.
func (p *Player) Send(in Input) Turn {
	in.At = p.now
	return p.take(p.e.Step(p.st, in, p.facts))
}

// take counts what a turn decided as done.
func (p *Player) take(out Outcome) Turn {
	p.st, p.facts = out.State, p.facts.After(out, p.now)
	if out.snap != nil {
		p.last = out.snap
	}
	p.over = out.Ended
	if out.Human {
		p.over = "human"
	}
	return Turn{Outcome: out, AnswersSoFar: p.last.answers, Values: p.last.values, Over: p.over}
}

// Wait turns the clock forward. Reminders and expiry act at their time; what they say comes as one turn.
func (p *Player) Wait(d time.Duration) Turn {
	var all Turn
	for end := p.now.Add(d); p.now.Before(end); {
		p.now = p.e.nextTick(p.st, p.now, end)
		t := p.Send(Input{Kind: InTick})
		t.Says, t.Trace = append(all.Says, t.Says...), append(all.Trace, t.Trace...)
		t.Ended, t.Over = cmp.Or(t.Ended, all.Ended), cmp.Or(t.Over, all.Over)
		all = t
	}
	p.over = all.Over
	return all
}

// Now is the player's clock.
func (p *Player) Now() time.Time { return p.now }

// Facts is what the engine knows about the imagined doctor now.
func (p *Player) Facts() Facts { return p.facts }

// Ended reports whether the last turn ended the talk or handed it to a person.
func (p *Player) Ended() bool { return p.over != "" }
