package author

import (
	_ "embed"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/vrep/vrep/flows"
)

//go:embed walk.yaml
var walkYAML []byte

// walkWords are what random doctors say beside the point.
var walkWords = sync.OnceValue(func() (out struct {
	Noise []string `yaml:"noise"`
	Long  string   `yaml:"long"`
}) {
	if err := yaml.Unmarshal(walkYAML, &out); err != nil {
		panic("reading embedded words: " + err.Error()) // the file is part of the program; a test reads it
	}
	return out
})

// move is one thing that a random doctor does.
type move struct {
	in    flows.Input
	after time.Duration
}

// move draws what the doctor does next: mostly an answer that fits, often enough one that does not.
func (w *walker) move(t *talk, r *rand.Rand) move {
	text := func(s string) move { return move{in: flows.Input{Kind: flows.InText, Text: s}} }
	of := func(list []string) move { return text(list[r.IntN(len(list))]) }
	if t.turn.State.Asleep > 0 && r.IntN(2) == 0 {
		return move{in: flows.Input{Kind: flows.InResume}}
	}
	if t.turn.State.Idle() && t.turn.State.Asleep == 0 && r.IntN(2) == 0 {
		return move{in: flows.Input{Kind: flows.InStart, Key: t.flow}}
	}
	if t.stubborn > 0 {
		t.stubborn--
		return move{in: flows.Input{Kind: flows.InOther}}
	}
	switch n := r.IntN(100); {
	case n < 58:
		return move{in: t.p.Sample(r)}
	case n < 70:
		return of(walkWords().Noise)
	case n < 71:
		return text(strings.Repeat(walkWords().Long, 1<<r.IntN(7)))
	case n < 82 && len(w.commands) > 0:
		return of(w.commands)
	case n < 85 && len(w.commands) > 1:
		return text(w.commands[1])
	case n < 87 && len(t.moves) > 0:
		return t.moves[len(t.moves)-1]
	case n < 91:
		wait := []time.Duration{time.Minute, 50 * time.Minute, 3 * time.Hour, 21 * time.Hour, 47 * time.Hour, 80 * time.Hour}
		return move{in: flows.Input{Kind: flows.InTick}, after: wait[r.IntN(len(wait))]}
	case n < 94:
		t.stubborn = r.IntN(4)
		inputs := []flows.Input{{Kind: flows.InImage, Media: "image-1"}, {Kind: flows.InVoice, Media: "voice-1"}, {Kind: flows.InLocation, Place: "31.2,121.5"},
			{Kind: flows.InOther}, {Kind: flows.InEvent}}
		return move{in: inputs[r.IntN(len(inputs))]}
	case n < 96 && len(w.hear) > 0:
		return of(w.hear)
	case n < 98 && len(w.triggers) > 0:
		return move{in: w.triggers[r.IntN(len(w.triggers))]}
	case n < 99:
		return move{in: flows.Input{Kind: flows.InRep, Text: w.commands[0]}}
	}
	return move{in: flows.Input{Kind: flows.InFollow}}
}
