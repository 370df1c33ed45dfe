package flows

// With returns an engine that starts the new talks of share percent of the doctors on another library. Who belongs to them is drawn from doctor and
// flow and stays so as long as the share does not shrink; talks that run go on where they are. A next of nil ends the canary. The versions of next must
// be kept like those in force.
func (e *Engine) With(next *Library, share int) *Engine {
	c := *e.root()
	c.ahead, c.share = nil, min(max(share, 0), 100)
	if next != nil {
		c.ahead = &Engine{lib: next}
	}
	return c.joined()
}

// Next is the library of the canary with its share in percent; nil when there is none.
func (e *Engine) Next() (*Library, int) {
	if r := e.root(); r.ahead != nil {
		return r.ahead.lib, r.share
	}
	return nil, 0
}

// joined ties a fresh copy of an engine and its canary together.
func (e *Engine) joined() *Engine {
	if e.ahead != nil {
		e.ahead = &Engine{lib: e.ahead.lib, solo: e.solo, watch: e.watch, base: e}
	}
	return e
}

// inForce are the libraries from which talks start: the one for everyone, then the canary's, nil when there is none.
func (e *Engine) inForce() [2]*Library {
	if e.ahead == nil {
		return [2]*Library{e.lib}
	}
	return [2]*Library{e.lib, e.ahead.lib}
}

// tune lets the lines, lists and rules of the turn come from the library of the flow that the doctor is in, also for the last words when it has ended;
// versions kept earlier take those in force.
// They come in the language of the talk.
func (t *turn) tune() {
	house, r := t.house(), t.e.root()
	if r.ahead != nil && len(t.st.Frames) > 0 {
		house = r
		if f := t.topFlow(); f != nil && f.lib.written() == r.ahead.lib {
			house = r.ahead
		}
	}
	t.speakBy(t.spoken(house))
}

// chosenVersion is the version of a flow that belongs to this doctor, nil when there is none.
func (t *turn) chosenVersion(id string) *Flow {
	r := t.e.root()
	if r.ahead != nil && int(t.seed(id, "canary")%100) < r.share {
		if f := r.ahead.lib.flows[id]; f != nil {
			return f
		}
	}
	return r.lib.flows[id]
}

// startable is the version of a flow that this doctor starts. What was recalled is never started: then the one for everyone, nil when that was recalled too.
func (t *turn) startable(id string) *Flow {
	f := t.chosenVersion(id)
	if f != nil && t.e.recallOf(id, f.hash) != nil {
		f = t.e.root().lib.flows[id]
	}
	if f == nil || t.e.recallOf(id, f.hash) != nil {
		return nil
	}
	return f
}

// starts lists what this doctor may start.
func (t *turn) starts() []*Flow {
	r := t.e.root()
	if r.ahead == nil && len(r.recalls) == 0 {
		return r.lib.order
	}
	var out []*Flow
	seen := map[string]bool{}
	for _, lib := range r.inForce() {
		if lib == nil {
			continue
		}
		for _, f := range lib.order {
			if x := t.startable(f.ID); x != nil && !seen[f.ID] {
				out = append(out, x)
			}
			seen[f.ID] = true
		}
	}
	return out
}
