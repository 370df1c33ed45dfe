package author

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	"github.com/vrep/vrep/flows"
)

// terminal is a talk in the terminal: the preview without a browser.
type terminal struct {
	p     *Preview
	s     *session
	w     io.Writer
	words *template.Template
	shown int // bubbles printed
}

// Talk lets a person talk to a flow in the terminal: one answer per line, and commands that begin with a colon (:help lists them). It returns a
// *flows.PlayError when the file has mistakes, ErrPreview when there is nothing to talk to, nil at the end of input and after :quit.
func Talk(r io.Reader, w io.Writer, opt PreviewOptions) error {
	p, err := NewPreview(opt)
	if err != nil {
		return err
	}
	s := p.open(opt.File)
	if s.blocked != nil {
		return &flows.PlayError{Problems: s.blocked}
	}
	if s.talk == nil {
		return fmt.Errorf("reading %s: %w", s.file, ErrPreview)
	}
	words, err := wordFuncs()
	if err != nil {
		return err
	}
	text, err := template.New("terminal").Funcs(template.FuncMap(words)).ParseFS(previewFiles, "preview/terminal.txt", "preview/length.tmpl")
	if err != nil {
		return fmt.Errorf("reading words: %w", err)
	}
	t := &terminal{p: p, s: s, w: w, words: text}
	if err := t.turn(); err != nil {
		return err
	}
	return t.run(r)
}

// run reads lines until the end of input or :quit.
func (t *terminal) run(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), maxBody)
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		name, arg, _ := strings.Cut(line, " ")
		if name == ":quit" {
			return t.print("bye", nil)
		}
		var err error
		switch {
		case strings.TrimSpace(line) == "":
			err = t.print("prompt", nil)
		case strings.HasPrefix(line, ":"):
			err = t.command(name, strings.TrimSpace(arg))
		default:
			t.s.say(line, false)
			err = t.turn()
		}
		if err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading answers: %w", err)
	}
	return t.print("bye", nil)
}

// command does what a line with a colon asks for.
func (t *terminal) command(name, arg string) error {
	switch name {
	case ":answers", ":why", ":steps":
		return t.print(name[1:], t.p.view(t.s))
	case ":back":
		if !t.s.undo() {
			return t.print("first", nil)
		}
		t.shown = len(t.s.talk.bubbles) - 1
		return t.turn()
	case ":wait":
		d, err := time.ParseDuration(arg)
		if due := t.s.due(arg); due > 0 {
			d, err = due, nil
		}
		if err != nil || d <= 0 {
			return t.print("how_long", nil)
		}
		t.s.wait(d)
		return t.turn()
	case ":save":
		return t.save(arg)
	}
	return t.print("help", nil)
}

// save writes the talk as a test case.
func (t *terminal) save(name string) error {
	if name == "" {
		return t.print("no_name", nil)
	}
	flow, text, _ := t.s.asCase(name)
	out, err := t.p.keep(flow, text)
	var no refusal
	if errors.As(err, &no) {
		return t.print("not_saved", nil)
	}
	if err != nil {
		return err
	}
	return t.print("saved", out)
}

// turn prints what is new on the phone, and what waits.
func (t *terminal) turn() error {
	v := t.p.view(t.s)
	from := min(t.shown, len(v.Bubbles))
	t.shown = len(v.Bubbles)
	v.Bubbles = v.Bubbles[from:]
	return t.print("turn", v)
}

// print writes one of the templates and the prompt.
func (t *terminal) print(name string, v any) error {
	var buf bytes.Buffer
	if err := t.words.ExecuteTemplate(&buf, name, v); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	if name != "bye" && name != "prompt" {
		if err := t.words.ExecuteTemplate(&buf, "prompt", nil); err != nil {
			return fmt.Errorf("printing: %w", err)
		}
	}
	if _, err := t.w.Write(buf.Bytes()); err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}
