package flows

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// PlayOptions say what is played.
type PlayOptions struct {
	FS      fs.FS     // the folder of the file: its _config.yaml and lists/ are read too
	File    string    // name of the flow file within the folder
	JSON    bool      // one JSON object per turn instead of text for people
	Profile []byte    // YAML with values of the portrait, may be nil
	Lang    string    // language of the doctor, "" = that of the profile or of the house
	Now     time.Time // the clock, in the zone of the account

	Each func(in Input, before Facts, turn Turn) // told of every turn, to record the talk; nil = not
}

// ErrLint says that a file has mistakes; the findings stand in PlayError.
var ErrLint = errors.New("the flow has mistakes")

// PlayError carries the findings that forbid playing.
type PlayError struct{ Problems []Problem }

// Error implements error.
func (e *PlayError) Error() string { return fmt.Sprintf("%v: %d", ErrLint, len(e.Problems)) }

// Unwrap implements errors.Is for ErrLint.
func (e *PlayError) Unwrap() error { return ErrLint }

// playTurn is one line of the JSON form.
type playTurn struct {
	Reply    string           `json:"reply"`
	At       *string          `json:"at"`
	Accepted bool             `json:"accepted"`
	Answers  map[string]Value `json:"answers"`
	Values   map[string]Value `json:"values"`
	Ended    *string          `json:"ended"`
}

// Play talks one flow through: one raw answer per line in, one turn out for each, the first one before any answer. It returns a *PlayError when the
// file has mistakes (approval dates and warnings do not count), nil at the end of input; lines after the end of the talk are ignored.
func Play(r io.Reader, w io.Writer, opt PlayOptions) error {
	lib, flow, err := LoadFlow(opt.FS, opt.File, opt.Now)
	if err != nil {
		return err
	}
	p, err := NewPlayer(lib, flow, PlayerOptions{Profile: opt.Profile, Lang: opt.Lang, Now: opt.Now})
	if err != nil {
		return err
	}
	show := showText
	if opt.JSON {
		show = showJSON
	}
	act := func(line string, in Input) error {
		before := p.Facts()
		turn := p.Send(in)
		if opt.Each != nil {
			opt.Each(in, before, turn)
		}
		return show(w, line, turn)
	}
	if err := act("", Input{Kind: InStart, Key: flow}); err != nil {
		return err
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	for lines.Scan() {
		if p.Ended() {
			continue
		}
		line := strings.TrimSuffix(lines.Text(), "\r")
		if err := act(line, lib.Said(line)); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading answers: %w", err)
	}
	return nil
}

// showJSON writes the form that other programs read.
func showJSON(w io.Writer, _ string, turn Turn) error {
	t := playTurn{Reply: turn.Reply(), Accepted: turn.Accepted, Answers: turn.AnswersSoFar, Values: turn.Values}
	if id := turn.Pending.ID; id != "" && turn.Over == "" {
		t.At = &id
	}
	if turn.Over != "" {
		t.Ended = &turn.Over
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil {
		return fmt.Errorf("writing turn: %w", err)
	}
	return nil
}

// showText shows a turn to people; line is what was typed, "" at the start.
func showText(w io.Writer, line string, out Turn) error {
	var b strings.Builder
	if line != "" {
		fmt.Fprintf(&b, "> %s\n", line)
	}
	for _, line := range strings.Split(out.Reply(), "\n") {
		fmt.Fprintf(&b, "  %s\n", line)
	}
	for _, pr := range out.Problems {
		fmt.Fprintf(&b, "! %s\n", pr.Message)
	}
	if out.Over != "" {
		fmt.Fprintf(&b, "[%s]\n", out.Over)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing turn: %w", err)
	}
	return nil
}

// LoadFlow loads the flow of a file with what it needs from the folder around it (_config.yaml, lists, the flows that it calls) and returns its id.
// It returns a *PlayError when one of them has mistakes; approval dates and warnings do not count.
func LoadFlow(fsys fs.FS, file string, now time.Time) (*Library, string, error) {
	all, err := readFolder(fsys)
	if err != nil {
		return nil, "", err
	}
	if all[file] == nil {
		return nil, "", fmt.Errorf("reading %s: %w", file, fs.ErrNotExist)
	}
	files := map[string][]byte{}
	for name, data := range all {
		if strings.HasPrefix(name, listsDir) || name == configFile || name == contentsFile || name == profileFile || name == pricesFile {
			files[name] = data
		}
	}
	addCalled(all, files, file)
	for _, word := range mentioned(all[configFile]) {
		if name := word + ".yaml"; all[name] != nil {
			addCalled(all, files, name)
		}
	}
	for name, data := range all { // translations of what is loaded
		if stem, _, _ := strings.Cut(path.Base(name), "."); strings.HasPrefix(name, saidDir) &&
			(files[stem+".yaml"] != nil || files[listsDir+stem+".yaml"] != nil) {
			files[name] = data
		}
	}
	lib, ps := loadFiles(files, false)
	if lib != nil {
		ps = append(ps, lib.check(now, playRules)...)
	}
	ps = lint.Errors(lint.Sort(ps))
	if len(ps) > 0 {
		return nil, "", &PlayError{Problems: ps}
	}
	for _, f := range lib.Flows() {
		if f.file == file {
			return lib, f.ID, nil
		}
	}
	return nil, "", fmt.Errorf("reading %s: %w", file, ErrNoFlow)
}

// addCalled adds a file and the flows that it mentions after call.
func addCalled(all, files map[string][]byte, name string) {
	if files[name] != nil || all[name] == nil {
		return
	}
	files[name] = all[name]
	for _, word := range mentioned(all[name]) {
		addCalled(all, files, path.Base(word)+".yaml")
	}
}

// mentioned lists the words after call: and unless_in: in a file.
func mentioned(data []byte) []string {
	var root yaml.Node
	if yaml.Unmarshal(data, &root) != nil {
		return nil
	}
	var out []string
	var walk func(n *yaml.Node, depth int)
	walk = func(n *yaml.Node, depth int) {
		if depth > lint.MaxDepth {
			return
		}
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				if k := n.Content[i-1].Value; k == "call" || k == "unless_in" {
					out = append(out, c.Value)
					for _, item := range c.Content {
						out = append(out, item.Value)
					}
				}
			}
			walk(c, depth+1)
		}
	}
	walk(&root, 0)
	return out
}
