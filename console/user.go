package console

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/vrep/vrep/store"
)

// AdminName is the account created at the first start.
const AdminName = "admin"

// byCommand is the actor of acts done at the command line.
const byCommand = "command line"

// Errors of account commands.
var (
	// ErrBadName: an account name is 2 to 32 of a-z, 0-9, dot, dash and underscore.
	ErrBadName = errors.New("console: account name must be 2 to 32 of a-z 0-9 . _ -")
	// ErrBadRole: the role is none of Roles.
	ErrBadRole = errors.New("console: role must be one of " + strings.Join(Roles, ", "))
	// ErrBadPlace: a rep and access need a rep that exists, a manager needs a team; others have neither.
	ErrBadPlace = errors.New("console: roles rep and access need --rep of a known rep, manager needs --team")
)

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

// EnsureAdmin creates the account AdminName when no account exists. The password is returned this once; only its hash is kept. It must be changed at
// the first login. Of several instances starting at once, one reports created.
func EnsureAdmin(ctx context.Context, st *store.Store) (name, password string, created bool, err error) {
	users, err := st.Users(ctx)
	if err != nil || len(users) > 0 {
		return AdminName, "", false, err
	}
	password, err = AddUser(ctx, st, store.User{Name: AdminName, Role: store.RoleAdmin})
	if errors.Is(err, store.ErrExists) {
		return AdminName, "", false, nil
	}
	return AdminName, password, err == nil, err
}

// AddUser creates an account with a drawn password, which is returned this once. Of u name, role, rep and team count. ErrBadName, ErrBadRole, ErrBadPlace,
// store.ErrExists.
func AddUser(ctx context.Context, st *store.Store, u store.User) (password string, err error) {
	return addUser(ctx, st, u, byCommand)
}

func addUser(ctx context.Context, st *store.Store, u store.User, by string) (password string, err error) {
	if !nameShape.MatchString(u.Name) {
		return "", ErrBadName
	}
	if err := checkPlace(ctx, st, u); err != nil {
		return "", err
	}
	password = newPassword()
	u.Hash, u.MustChange = hashPassword(password), true
	if err := st.AddUser(ctx, u, by); err != nil {
		return "", fmt.Errorf("adding account: %w", err)
	}
	return password, nil
}

// checkPlace tells whether a role goes with a rep and a team.
func checkPlace(ctx context.Context, st *store.Store, u store.User) error {
	needsRep := u.Role == store.RoleRep || u.Role == store.RoleAccess
	switch {
	case !slices.Contains(Roles, u.Role):
		return ErrBadRole
	case needsRep != (u.Rep != ""), (u.Role == store.RoleManager) != (u.Team != ""):
		return ErrBadPlace
	case !needsRep:
		return nil
	}
	_, err := st.Rep(ctx, u.Rep)
	if errors.Is(err, store.ErrNotFound) {
		return ErrBadPlace
	}
	return err
}

// ResetPassword draws a new password, which is returned this once, opens a disabled account again and ends all of its sessions. store.ErrNotFound.
func ResetPassword(ctx context.Context, st *store.Store, name string) (password string, err error) {
	password = newPassword()
	if err := st.SetPassword(ctx, name, hashPassword(password), true, byCommand); err != nil {
		return "", fmt.Errorf("resetting password: %w", err)
	}
	return password, nil
}

// DisableUser closes an account and ends all of its sessions. store.ErrNotFound.
func DisableUser(ctx context.Context, st *store.Store, name string) error {
	if err := st.DisableUser(ctx, name, byCommand); err != nil {
		return fmt.Errorf("disabling account: %w", err)
	}
	return nil
}

// ListUsers gives all accounts by name. Their hashes are left out.
func ListUsers(ctx context.Context, st *store.Store) ([]store.User, error) {
	users, err := st.Users(ctx)
	if err != nil {
		return nil, err
	}
	for i := range users {
		users[i].Hash = ""
	}
	return users, nil
}
