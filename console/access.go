package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/vrep/vrep/store"
)

// sight is what a role sees of doctors on a route. A role that a route does not name may not use it at all.
type sight int

const (
	blind   sight = iota // no doctor: the page is about something else
	counts               // how many there are of the house, and none of them
	own                  // those of the rep that the person is
	team                 // those of the reps of the person's team
	noNames              // all, without names, openids and words
	all
)

// grants says who may use a route, and how much of the doctors they see there.
type grants map[string]sight

// usual is what a role sees of doctors where nothing else is said. Source: the permission table of the trade (own doctors' card); administrators keep what
// they had, viewers read without names.
var usual = grants{
	store.RoleAdmin: all, store.RoleViewer: noNames, store.RoleRep: own, store.RoleManager: team, store.RoleMarketing: blind, store.RoleMedical: blind,
	store.RoleSafety: blind, store.RoleQuality: blind, store.RoleAccess: own, store.RoleCompliance: all, store.RoleOperations: noNames, store.RoleAuditor: noNames,
}

// Roles lists every role of the house in the order in which people choose.
var Roles = []string{
	store.RoleRep, store.RoleManager, store.RoleMarketing, store.RoleMedical, store.RoleSafety, store.RoleQuality, store.RoleAccess, store.RoleCompliance,
	store.RoleOperations, store.RoleAuditor, store.RoleViewer, store.RoleAdmin,
}

// to grants a route to some roles with what they usually see.
func to(roles ...string) grants {
	g := make(grants, len(roles))
	for _, r := range roles {
		g[r] = usual[r]
	}
	return g
}

// and adds grants of another kind.
func (g grants) and(more grants) grants {
	out := make(grants, len(g)+len(more))
	for _, part := range []grants{g, more} {
		for role, s := range part {
			out[role] = s
		}
	}
	return out
}

// Who may use what. Source: the permission table of the trade.
var (
	everyone   = to(Roles...)
	people     = to(store.RoleAdmin, store.RoleViewer, store.RoleRep, store.RoleManager, store.RoleAccess, store.RoleCompliance, store.RoleOperations, store.RoleAuditor)
	sales      = people
	figures    = to(store.RoleAdmin, store.RoleViewer, store.RoleManager, store.RoleCompliance, store.RoleOperations).and(grants{store.RoleMarketing: counts})
	safety     = grants{store.RoleSafety: all}
	cases      = safety.and(grants{store.RoleCompliance: all})
	medical    = grants{store.RoleMedical: all}
	compliance = grants{store.RoleCompliance: all}
	adminOnly  = to(store.RoleAdmin)
	operators  = to(store.RoleAdmin, store.RoleOperations)
	checkers   = to(store.RoleAdmin).and(grants{store.RoleOperations: all})                                 // who a doctor is cannot be checked without a name
	verifiers  = checkers.and(to(store.RoleViewer, store.RoleManager, store.RoleCompliance, store.RoleRep)) // reps meet their own doctors
	exporters  = to(store.RoleAdmin, store.RoleManager, store.RoleAccess, store.RoleCompliance, store.RoleOperations)
	revealers  = to(store.RoleAdmin, store.RoleRep, store.RoleManager, store.RoleAccess, store.RoleCompliance, store.RoleOperations)
	movers     = to(store.RoleAdmin, store.RoleManager)
	overseers  = movers.and(to(store.RoleCompliance))
	takers     = overseers.and(to(store.RoleRep))
	analysts   = figures.and(to(store.RoleAuditor))
	readers    = to(store.RoleAdmin, store.RoleManager, store.RoleCompliance, store.RoleOperations, store.RoleAuditor).and(grants{store.RoleMarketing: counts}) // of figures
	proposers  = operators.and(grants{store.RoleMarketing: counts})                                                                                             // of rules
	tryers     = proposers.and(to(store.RoleCompliance))
	placed     = everyone.and(grants{store.RoleMarketing: counts}) // in hospitals
	masters    = to(store.RoleAdmin, store.RoleManager, store.RoleAccess, store.RoleCompliance).and(grants{store.RoleOperations: all})
	importers  = to(store.RoleAdmin).and(grants{store.RoleOperations: all}) // doubles cannot be told apart without names
	auditors   = to(store.RoleAdmin, store.RoleCompliance, store.RoleAuditor)
	notified   = to(store.RoleAdmin, store.RoleViewer, store.RoleManager, store.RoleOperations).and(grants{
		store.RoleMedical: all, store.RoleSafety: all, store.RoleQuality: noNames, store.RoleCompliance: all,
	})
	// Departments look at the same people without names; the decision about one is theirs. Source: super scores of the permission table.
	supers        = people.and(grants{store.RoleMarketing: noNames, store.RoleMedical: noNames})
	superDeciders = to(store.RoleAdmin, store.RoleManager, store.RoleAccess).and(grants{store.RoleMarketing: noNames, store.RoleMedical: noNames})
	superWorkers  = superDeciders.and(to(store.RoleRep))
	// Meetings: who writes and runs them, who calls those who came. Names are needed to tell from a sheet who came.
	meetings       = supers.and(grants{store.RoleOperations: all})
	meetingAuthors = to(store.RoleAdmin).and(grants{store.RoleMarketing: noNames, store.RoleOperations: all})
	meetingCallers = meetingAuthors.and(to(store.RoleRep, store.RoleManager)).and(grants{store.RoleMedical: noNames})

	// Words in the library show no more of a doctor than he agreed to. Who decides about them is medical or compliance.
	quoteDeciders = grants{store.RoleMedical: blind, store.RoleCompliance: all}
	quoteReaders  = quoteDeciders.and(grants{store.RoleMarketing: blind, store.RoleAdmin: all})
	// Campaigns are made by those who run the house and by the market department, who see no names; who decides and who checks may read them.
	campaigners  = operators.and(grants{store.RoleMarketing: noNames})
	campaignEyes = campaigners.and(to(store.RoleCompliance, store.RoleAuditor))

	settlers = to(store.RoleAdmin, store.RoleManager, store.RoleOperations).and(grants{store.RoleMedical: all, store.RoleSafety: all, store.RoleQuality: noNames})
)

// homes are the pages where roles land that have no use for the overview.
var homes = map[string]string{
	store.RoleRep: "/console/leads", store.RoleAccess: "/console/leads", store.RoleSafety: "/console/cases", store.RoleMedical: "/console/inquiries",
	store.RoleQuality: "/console/notices", store.RoleAuditor: "/console/audit",
}

// seen tells whether the person of the context may know of an object.
type seen func(s *store.Store, ctx context.Context, id string) (bool, error)

// house is the answer for objects that belong to nobody in particular, and for those whose handler decides by itself.
func house(*store.Store, context.Context, string) (bool, error) { return true, nil }

// objects says for every kind of address with a part that varies who may know of what stands behind it. An address that is not here opens for nobody.
var objects = map[string]seen{
	"/console/doctors/{id}":            (*store.Store).SeesDoctor,
	"/console/verifications/{id}":      (*store.Store).SeesDoctor,
	"/console/supers/{id}":             (*store.Store).SeesDoctor,
	"/console/leads/{id}":              (*store.Store).SeesLead,
	"/console/transfers/{id}":          (*store.Store).SeesTransfer,
	"/console/departures/{id}":         (*store.Store).SeesDeparture,
	"/console/pool/{id}":               (*store.Store).SeesDoctor,
	"/console/notices/{id}":            (*store.Store).SeesNotice,
	"/console/cases/{no}":              house, // the roles of the route see all of them
	"/console/inquiries/{id}":          house,
	"/console/flags/{id}":              house,
	"/console/rights/{id}":             house,
	"/console/meetings/{id}":           house, // its list is narrowed
	"/console/segments/{id}":           house,
	"/console/quotes/{id}":             house, // without who said it, but for what he agreed to
	"/console/campaigns/{id}":          house,
	"/console/flows/{id}":              house,
	"/console/recalls/{id}":            house,
	"/console/releases/{id}":           house,
	"/console/scenes/{id}":             house,
	"/console/outbox/{id}":             house,
	"/console/users/{name}":            house,
	"/console/hospitals/{id}":          house,
	"/console/imports/{id}":            house,
	"/console/imports/template/{kind}": house,
	"/console/merges/{kind}":           house,
	"/console/approvals/{id}":          house, // those of others are not found by the handler
}

// objectOf is the part of an address up to what varies, and the name of that; "" when nothing does.
func objectOf(path string) (prefix, name string) {
	before, rest, varies := strings.Cut(path, "{")
	name, _, _ = strings.Cut(rest, "}")
	if !varies || name == "$" {
		return "", ""
	}
	return before + "{" + name + "}", name
}

// admits tells whether the person may know of what the address names.
func (c *Console) admits(v *request, r route) (bool, error) {
	prefix, name := objectOf(r.path)
	if prefix == "" {
		return true, nil
	}
	sees := objects[prefix]
	if sees == nil {
		return false, nil
	}
	return sees(c.store, v.Context(), v.PathValue(name))
}

// viewer is the person as the store must know them on a route.
func viewer(u store.User, s sight) store.Viewer {
	v := store.Viewer{Name: u.Name, Role: u.Role, Rep: u.Rep, Team: u.Team, Masked: s == noNames}
	switch s {
	case own:
		v.Reach = store.ReachOwn
	case team:
		v.Reach = store.ReachTeam
	case counts:
		v.Counts = true
	case noNames, all:
		v.Reach = store.ReachAll
	}
	return v
}

// may tells whether a person may use a route of the table, written as there.
func (c *Console) may(u store.User, method, path string) bool {
	return slices.ContainsFunc(c.table, func(r route) bool {
		_, granted := r.roles[u.Role]
		return granted && r.method == method && r.path == path
	})
}

// mayRead is may for a page.
func (c *Console) mayRead(v *request, path string) bool { return c.may(v.user, http.MethodGet, path) }

// mayDo is may for an act.
func (c *Console) mayDo(v *request, path string) bool { return c.may(v.user, http.MethodPost, path) }
