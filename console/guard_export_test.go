package console

import "net/http"

// TableRoute is one line of the table of routes, as tests see it.
type TableRoute struct {
	Method, Path, Nav string
	Grants            map[string]string // role → what it sees of doctors
	Object            string            // part of the path up to what varies, "" = nothing does
	Decided           bool              // somebody has said who may know of what the path names
}

// Table lists every route of the console.
func (c *Console) Table() []TableRoute {
	names := map[sight]string{blind: "blind", counts: "counts", own: "own", team: "team", noNames: "masked", all: "all"}
	var out []TableRoute
	for _, r := range c.table {
		t := TableRoute{Method: r.method, Path: r.path, Nav: r.nav, Grants: map[string]string{}}
		for role, s := range r.roles {
			t.Grants[role] = names[s]
		}
		t.Object, _ = objectOf(r.path)
		_, t.Decided = objects[t.Object]
		out = append(out, t)
	}
	return out
}

// Home is where a role lands that has no use for the overview.
func Home(role string) string { return homes[role] }

// GuardAlone answers every route of the table with 299 where the guard lets through, so that a test of the guard changes nothing.
func (c *Console) GuardAlone() http.Handler {
	mux := http.NewServeMux()
	for _, r := range c.table {
		r.handle = func(w http.ResponseWriter, _ *request) error {
			w.WriteHeader(299)
			return nil
		}
		mux.HandleFunc(r.method+" "+r.path, c.guard(r))
	}
	return c.frame(c.sessions.LoadAndSave(mux))
}

// Door is one page or act for people without a session.
type Door struct{ Method, Path string }

// Doors lists what reps and doctors can open.
func (c *Console) Doors() []Door {
	var out []Door
	for _, d := range append(c.repDoors(), c.doctorDoors()...) {
		out = append(out, Door{d.method, d.path})
	}
	return out
}
