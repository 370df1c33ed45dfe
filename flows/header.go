package flows

import (
	"cmp"
	"path"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

var headerKeys = []string{"flow", "title", "version", "owner", "approval", "lang", "also", "kind", "start", "inputs", "outputs", "remind", "expire",
	"on_expire", "commands", "migrate", "steps"}

const defaultExpire = 46 * time.Hour

// flow reads one flow file.
func (l *loader) flow(b *binder, root *yaml.Node, name string) {
	f := &Flow{lib: l.lib, file: name, node: root, index: map[string]int{}, place: b.at(root)}
	b.flow = f
	o := b.object(root, headerKeys)
	f.meant = o.meant
	if !o.need("flow", "steps") {
		return
	}
	f.ID = o.word("flow")
	if f.ID == "" {
		return
	}
	if want := f.ID + ".yaml"; path.Base(name) != want {
		b.add(o.keys["flow"], "file_name", "flow", f.ID, "file", want)
	}
	if l.lib.flows[f.ID] != nil {
		b.add(o.keys["flow"], "duplicate_flow", "flow", f.ID)
		return
	}
	b.header(o, f)
	steps := o.keys["steps"]
	if steps.Kind != yaml.SequenceNode {
		b.add(steps, "want_list", "key", "steps")
		return
	}
	b.steps(steps, f)
	if len(f.Steps) == 0 && len(steps.Content) == 0 {
		b.add(o.key["steps"], "missing_key", "key", "steps")
	}
	f.intake()
	l.lib.flows[f.ID] = f
}

// steps reads the steps of a flow or of a block.
func (b *binder) steps(list *yaml.Node, f *Flow) {
	if list.Kind != yaml.SequenceNode {
		b.add(list, "want_list", "key", "steps")
		return
	}
	around := b.flow
	b.flow = f
	defer func() { b.flow = around }()
	for _, n := range list.Content {
		s := b.bindStep(n, len(f.Steps))
		if s == nil {
			continue
		}
		if _, twice := f.index[s.ID]; s.ID != "" && !twice {
			f.index[s.ID] = s.N
		}
		f.Steps = append(f.Steps, s)
	}
}

// intake marks a flow that opens an adverse event case when it begins, with all its blocks.
func (f *Flow) intake() {
	f.Walk(func(_ *Flow, s *Step) { f.reports = f.reports || s.Kind == "report_ae" })
	f.Walk(func(_ *Flow, s *Step) {
		if b, ok := s.Body.(*BlockStep); ok {
			b.Inner.reports = f.reports
		}
	})
}

func (b *binder) header(o *object, f *Flow) {
	f.Title, f.Version, f.Owner = o.plain("title"), o.plain("version"), o.plain("owner")
	b.languages(o, f)
	kind := o.oneOf("kind", "normal", "urgent", "service")
	f.Urgent, f.Service = kind == "urgent", kind == "service"
	f.Expire = o.duration("expire", defaultExpire)
	if n := o.keys["expire"]; n != nil {
		f.expireAt = b.at(n)
	}
	f.OnExpire = cmp.Or(o.oneOf("on_expire", "keep", "drop", "lead"), "keep")
	if n := o.keys["approval"]; n != nil {
		a := b.object(n, []string{"no", "until"})
		a.need("no", "until")
		f.Approval = Approval{No: a.plain("no"), Until: a.until(), at: b.at(n)}
	}
	if n := o.keys["start"]; n != nil {
		f.Start = b.start(n)
	}
	if n := o.keys["inputs"]; n != nil {
		b.inputs(n, f)
	}
	for _, n := range o.items("outputs") {
		f.Outputs = append(f.Outputs, b.scalar(n, "outputs"))
		f.outputAt = append(f.outputAt, b.at(n))
	}
	for _, n := range o.items("remind") {
		r := b.object(n, []string{"after", "say"})
		if r.need("after", "say") {
			if d, say := r.duration("after", time.Hour), r.text("say"); say != nil {
				f.Remind = append(f.Remind, Remind{After: d, Say: say})
			}
		}
	}
	if n := o.keys["commands"]; n != nil {
		b.flowCommands(n, f)
	}
	for _, n := range o.items("migrate") {
		f.Migrate = append(f.Migrate, b.migrate(n))
	}
}

// flowCommands switches commands off in one flow (skip: off) or gives them other words there (skip: {words: [...]}).
func (b *binder) flowCommands(n *yaml.Node, f *Flow) {
	o := b.object(n, flowCommandNames)
	words := map[string][]string{}
	for _, name := range flowCommandNames {
		switch v := o.keys[name]; {
		case v == nil:
		case v.Kind == yaml.MappingNode:
			co := b.object(v, []string{"words"})
			if co.need("words") {
				words[name] = co.words("words")
				f.reworded, f.wording = append(f.reworded, name), words
			}
		case o.oneOf(name, "on", "off") == "off":
			f.off = append(f.off, name)
		}
	}
	if len(words) > 0 {
		f.words = f.lib.reader.Commands(words)
	}
}

func (b *binder) start(n *yaml.Node) Start {
	o := b.object(n, []string{"on", "when", "priority", "again"})
	s := Start{When: o.cond("when"), Priority: o.number("priority", -100, 100, 0)}
	for _, item := range o.items("on") {
		text := b.scalar(item, "on")
		kind, key, _ := strings.Cut(text, ":")
		t := Trigger{Kind: kind, Key: strings.TrimSpace(key), at: b.at(item)}
		kinds := []string{"follow", "menu", "scan", "word", "push", "after"}
		switch {
		case !contains(kinds, kind):
			b.add(item, "not_allowed", "key", "on", "value", text, "allowed", strings.Join(kinds, listMark), "near", cond.Nearest(kind, kinds))
		case kind != "follow" && t.Key == "":
			b.add(item, "trigger_key", "kind", kind)
		default:
			s.On = append(s.On, t)
		}
	}
	switch again := o.plain("again"); again {
	case "", "always":
	case "never":
		s.Never = true
	default:
		s.After = o.duration("again", 0)
	}
	return s
}

func (b *binder) inputs(n *yaml.Node, f *Flow) {
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		o := b.object(v, []string{"type", "default"})
		p := Param{Name: k.Value}
		if !isName(k.Value) {
			b.add(k, "bad_name", "name", k.Value)
		}
		switch o.oneOf("type", "text", "number", "list", "date", "yesno") {
		case "text":
			p.Type = cond.Type{Kind: cond.KindText}
		case "number":
			p.Type = cond.Type{Kind: cond.KindNumber}
		case "list":
			p.Type = cond.Type{Kind: cond.KindList}
		case "date":
			p.Type = cond.Type{Kind: cond.KindDate}
		case "yesno":
			p.Type = cond.Type{Kind: cond.KindText, Codes: []string{"yes", "no"}}
		}
		if n := o.keys["default"]; n != nil && n.Kind == yaml.SequenceNode {
			p.Default = cond.List(o.words("default")...)
			if p.Type.Kind != cond.KindList {
				b.add(n, "input_list", "name", p.Name)
			}
		} else if s := o.plain("default"); s != "" {
			p.Default = typedValue(s, p.Type.Kind)
		}
		f.Inputs, f.inputAt = append(f.Inputs, p), append(f.inputAt, b.at(k))
	}
}

// typedValue reads a written value as the kind that is wanted.
func typedValue(s string, k cond.Kind) Value {
	switch k {
	case cond.KindNumber:
		if f, err := parseFloat(s); err == nil && f != nil {
			return cond.Number(*f)
		}
	case cond.KindList:
		return cond.List(s)
	case cond.KindBool:
		return cond.Bool(s == "true" || s == "yes")
	}
	return cond.Text(s)
}
