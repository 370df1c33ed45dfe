package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/vrep/vrep/store"
)

// userList is what the page of the accounts shows.
type userList struct {
	Rows    []store.User
	Roles   []string
	Reps    []store.RepEntry
	Form    store.User // as it was typed
	Problem string     // code of the word group "problem"
	Fresh   string     // account whose password was drawn just now
	Drawn   string     // that password, shown this once
	// Unguarded: nobody plays the role that reads adverse event reports.
	Unguarded bool
}

func (c *Console) pageUsers(w http.ResponseWriter, v *request) error {
	return c.listUsers(w, v, http.StatusOK, userList{})
}

func (c *Console) listUsers(w http.ResponseWriter, v *request, status int, list userList) (err error) {
	if list.Rows, err = ListUsers(v.Context(), c.store); err != nil {
		return err
	}
	if list.Reps, err = c.store.Reps(v.Context()); err != nil {
		return err
	}
	if list.Unguarded, err = c.unguarded(v.Context()); err != nil {
		return err
	}
	list.Roles = Roles
	return c.showStatus(w, v, status, "users", list)
}

// unguarded tells whether nobody has the role that reads adverse event reports.
func (c *Console) unguarded(ctx context.Context) (bool, error) {
	users, err := c.store.Users(ctx)
	guards := func(u store.User) bool { return u.Role == store.RoleSafety && !u.Disabled }
	return !slices.ContainsFunc(users, guards), err
}

// typedUser reads role, rep and team of a form.
func typedUser(v *request, name string) store.User {
	text := func(field string) string { return cut(strings.TrimSpace(v.PostForm.Get(field)), 64) }
	return store.User{Name: name, Role: text("role"), Rep: text("rep"), Team: text("team")}
}

// doAddUser makes an account. An administrator is made of one that exists, by two people.
func (c *Console) doAddUser(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	u := typedUser(v, strings.ToLower(strings.TrimSpace(cut(v.PostForm.Get("name"), 64))))
	problem := ""
	var password string
	err := ErrBadRole
	if u.Role != store.RoleAdmin {
		password, err = addUser(v.Context(), c.store, u, v.user.Name)
	}
	switch {
	case errors.Is(err, ErrBadName):
		problem = "user_name"
	case errors.Is(err, ErrBadRole):
		problem = "user_role"
	case errors.Is(err, ErrBadPlace):
		problem = "user_place"
	case errors.Is(err, store.ErrExists):
		problem = "user_exists"
	case err != nil:
		return err
	default:
		return c.listUsers(w, v, http.StatusOK, userList{Fresh: u.Name, Drawn: password})
	}
	return c.listUsers(w, v, http.StatusUnprocessableEntity, userList{Form: u, Problem: problem})
}

// doPlaceUser gives an account another role, rep or team. Who becomes an administrator needs a second person.
func (c *Console) doPlaceUser(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	u := typedUser(v, v.PathValue("name"))
	before, err := c.store.User(v.Context(), u.Name)
	if err != nil {
		return err
	}
	if err := checkPlace(v.Context(), c.store, u); err != nil {
		return c.listUsers(w, v, http.StatusUnprocessableEntity, userList{Problem: "user_place"})
	}
	if u.Role == store.RoleAdmin && before.Role != store.RoleAdmin {
		body := map[string]string{"name": u.Name, "role": u.Role, "rep": u.Rep, "team": u.Team}
		return c.propose(w, v, store.ActRole, "user:"+u.Name, body, reason, "/console/users")
	}
	err = c.store.PlaceUser(v.Context(), u, v.user.Name)
	if errors.Is(err, store.ErrLastAdmin) {
		return c.listUsers(w, v, http.StatusUnprocessableEntity, userList{Problem: "last_admin"})
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "user_placed", "/console/users")
}

// doResetUser draws a new password, which is shown this once.
func (c *Console) doResetUser(w http.ResponseWriter, v *request) error {
	name, password := v.PathValue("name"), newPassword()
	if err := c.store.SetPassword(v.Context(), name, hashPassword(password), true, v.user.Name); err != nil {
		return err
	}
	return c.listUsers(w, v, http.StatusOK, userList{Fresh: name, Drawn: password})
}

// doDisableUser closes an account. Nobody closes the own one: one administrator stays. With a reason the account of a rep ends because the rep has left: the
// doctors are handed over.
func (c *Console) doDisableUser(w http.ResponseWriter, v *request) error {
	name := v.PathValue("name")
	if name == v.user.Name {
		return c.listUsers(w, v, http.StatusUnprocessableEntity, userList{Problem: "user_self"})
	}
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	u, err := c.store.User(v.Context(), name)
	if err != nil {
		return err
	}
	if err := c.store.DisableUser(v.Context(), name, v.user.Name); err != nil {
		return err
	}
	if u.Role != store.RoleRep || u.Rep == "" || reason == "" {
		return c.back(w, v, "user_closed", "/console/users")
	}
	d, err := c.desk.Depart(v.Context(), u.Rep, store.DepartLeft, reason)
	if err != nil {
		return err
	}
	return c.back(w, v, "departed", "/console/departures/"+d.ID)
}
