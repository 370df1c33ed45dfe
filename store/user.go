package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Errors of console accounts.
var (
	// ErrExists: a row with this name is there already.
	ErrExists = errors.New("store: exists already")
	// ErrLastAdmin: without this account nobody could let people in.
	ErrLastAdmin = errors.New("store: the last administrator")
)

// AddUser creates a console account. CreatedAt and UpdatedAt are filled in. ErrExists when the name is taken.
func (s *Store) AddUser(ctx context.Context, u User, actor string) error {
	u.Account = s.Account()
	u.CreatedAt = s.Now()
	u.UpdatedAt = u.CreatedAt
	return s.tx(ctx, func(tx *gorm.DB) error {
		made, err := create(tx, &u)
		if err != nil {
			return fmt.Errorf("writing user: %w", err)
		}
		if !made {
			return ErrExists
		}
		return s.audit(tx, Audit{Actor: actor, Action: "user_add", Object: "user:" + u.Name, Detail: u.place()})
	})
}

// User reads one console account; ErrNotFound.
func (s *Store) User(ctx context.Context, name string) (User, error) {
	var rows []User
	err := s.read(ctx).Where(map[string]any{"name": name, "account": s.Account()}).Limit(1).Find(&rows).Error
	if err != nil {
		return User{}, fmt.Errorf("reading user: %w", err)
	}
	if len(rows) == 0 {
		return User{}, ErrNotFound
	}
	return rows[0], nil
}

// Users gives all console accounts by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var rows []User
	if err := s.read(ctx).Where(map[string]any{"account": s.Account()}).Order("name").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading users: %w", err)
	}
	return rows, nil
}

// SetPassword replaces the password hash of an account. A password given by somebody else must be changed at the next login, and opens a disabled
// account again; ErrNotFound.
func (s *Store) SetPassword(ctx context.Context, name, hash string, byOther bool, actor string) error {
	set := map[string]any{"hash": hash, "must_change": byOther, "updated_at": s.Now()}
	action := "password_change"
	if byOther {
		set["disabled"] = false
		action = "password_reset"
	}
	return s.changeUser(ctx, name, set, Audit{Actor: actor, Action: action})
}

// place is what an account may do, for the audit: role, rep and team.
func (u User) place() string { return strings.TrimRight(u.Role+" "+u.Rep+" "+u.Team, " ") }

// PlaceUser gives an account another role, rep and team: its sessions end with the next request. ErrNotFound; ErrLastAdmin.
func (s *Store) PlaceUser(ctx context.Context, u User, actor string) error {
	set := map[string]any{"role": u.Role, "rep": u.Rep, "team": u.Team, "updated_at": s.Now()}
	return s.changeUser(ctx, u.Name, set, Audit{Actor: actor, Action: "user_role", Detail: u.place()})
}

// DisableUser closes an account: its sessions end with the next request; ErrNotFound.
func (s *Store) DisableUser(ctx context.Context, name, actor string) error {
	set := map[string]any{"disabled": true, "updated_at": s.Now()}
	return s.changeUser(ctx, name, set, Audit{Actor: actor, Action: "user_disable"})
}

// changeUser locks the accounts that may let people in, so that of two administrators who close each other one stays.
func (s *Store) changeUser(ctx context.Context, name string, set map[string]any, a Audit) error {
	a.Object = "user:" + name
	return s.tx(ctx, func(tx *gorm.DB) error {
		var n int64
		where := map[string]any{"name": name, "account": s.Account()}
		if err := tx.Model(&User{}).Where(where).Count(&n).Error; err != nil {
			return fmt.Errorf("reading user: %w", err)
		}
		if n == 0 {
			return ErrNotFound
		}
		if err := s.keepAnAdmin(tx, name, set); err != nil {
			return err
		}
		if err := tx.Model(&User{}).Where(where).UpdateColumns(set).Error; err != nil {
			return fmt.Errorf("writing user: %w", err)
		}
		return s.audit(tx, a)
	})
}

// keepAnAdmin refuses to give the last administrator another role. A closed account can be opened again at the command line.
func (s *Store) keepAnAdmin(tx *gorm.DB, name string, set map[string]any) error {
	role, placed := set["role"]
	if !placed || role == RoleAdmin {
		return nil
	}
	var admins []User
	open := tx.Select("name").Where(map[string]any{"account": s.Account(), "role": RoleAdmin, "disabled": false}).Order("name")
	if err := open.Clauses(clause.Locking{Strength: "UPDATE"}).Find(&admins).Error; err != nil {
		return fmt.Errorf("reading administrators: %w", err)
	}
	if len(admins) == 1 && admins[0].Name == name {
		return ErrLastAdmin
	}
	return nil
}
