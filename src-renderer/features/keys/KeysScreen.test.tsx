import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { openKeyImport } from '#renderer/stores/key-intake-store.ts';
import { createFakeTransport, failure, type Answers } from '#renderer/testing/fake-transport.ts';
import { aKey, anApp, aServerStatus, someSettings } from '#renderer/testing/fixtures.ts';
import { renderApp } from '#renderer/testing/render.tsx';

const answers: Answers = {
  'apps.list': () => [anApp()],
  'server.status': () => aServerStatus(),
  'settings.get': () => someSettings(),
  'jobs.list': () => [],
  'releases.list': () => [],
  'rotations.list': () => [],
  'vault.status': () => ({ kind: 'keychain', backend: 'darwin', isLocked: false }),
  'keys.list': () => [aKey(), aKey({ name: 'theirs', keyId: 'MIIBCgKCAQEAoooooooo', hasPrivate: false })],
};

describe('the Keys screen', () => {
  it('lists each key with what it is good for', async () => {
    renderApp(createFakeTransport({ answers }), '/keys');
    const table = within(await screen.findByRole('table', { name: 'Keys of the vault' }));
    expect(table.getByRole('row', { name: /^work .*Private and public/ })).toBeTruthy();
    expect(table.getByRole('row', { name: /^theirs .*Public only/ })).toBeTruthy();
  });

  it('offers to make or import the first key', async () => {
    renderApp(createFakeTransport({ answers: { ...answers, 'keys.list': () => [] } }), '/keys');
    expect(await screen.findByText('No key yet')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Create key' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Import key…' })).toBeTruthy();
  });

  it('shows the public key as capacitor.config wants it, and exports no private part of a public key', async () => {
    renderApp(createFakeTransport({ answers }), '/keys/key/theirs');
    const fragment = await screen.findByRole('group', { name: 'Config fragment' });
    expect(JSON.parse(fragment.textContent ?? '')).toEqual({
      plugins: { CapacitorUpdater: { publicKey: aKey().publicPem } },
    });
    expect(screen.queryByRole('button', { name: 'Export private key…' })).toBeNull();
  });

  it('hands pasted text to the vault, and keeps it only while the vault refuses it', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'keys.import': () => {
          throw failure('KEY_NOT_RECOGNIZED');
        },
      },
    });
    renderApp(transport, '/keys');
    await screen.findByRole('table');
    act(() => openKeyImport());
    const dialog = within(await screen.findByRole('dialog', { name: 'Import a key' }));
    await userEvent.type(dialog.getByRole('textbox', { name: 'Name' }), 'mine');
    await userEvent.type(dialog.getByRole('textbox', { name: 'PEM text' }), 'SECRET');
    await userEvent.click(dialog.getByRole('button', { name: 'Import key' }));
    expect(await dialog.findByText('This is not a key that Slipway can read.')).toBeTruthy();
    expect(dialog.getByRole('textbox', { name: 'PEM text' })).toHaveProperty('value', 'SECRET');
    transport.answer({ 'keys.import': ({ name }) => aKey({ name }) });
    await userEvent.click(dialog.getByRole('button', { name: 'Import key' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.body.innerHTML).not.toContain('SECRET');
  });

  it('reads a dropped file only to hand it on', async () => {
    const transport = createFakeTransport({ answers: { ...answers, 'keys.import': ({ name }) => aKey({ name }) } });
    renderApp(transport, '/keys');
    await screen.findByRole('table');
    const file = new File(['PEM'], '.capgo_key_v2');
    act(() => openKeyImport([{ kind: 'file', name: file.name, file }]));
    const dialog = within(await screen.findByRole('dialog', { name: 'Import a key' }));
    await userEvent.type(dialog.getByRole('textbox', { name: 'Name' }), 'mine');
    await userEvent.click(dialog.getByRole('button', { name: 'Import key' }));
    await waitFor(() =>
      expect(transport.calls).toContainEqual({
        path: 'keys.import',
        input: { name: 'mine', source: { kind: 'text', pem: 'PEM' } },
      }),
    );
  });

  it('wants the name typed before it deletes a key in use, and says what hangs on it', async () => {
    const used = aKey({
      usedBy: {
        releases: [{ appId: 'com.example.shop', version: '1.0.6' }],
        apps: ['com.example.shop'],
        devices: [],
      },
    });
    const transport = createFakeTransport({
      answers: { ...answers, 'keys.list': () => [used], 'keys.delete': () => used },
    });
    renderApp(transport, '/keys/key/work');
    await userEvent.click(await screen.findByRole('button', { name: 'Delete…' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Delete key work?' }));
    expect(dialog.getByText(/can no longer be opened or checked here: com\.example\.shop 1\.0\.6\./)).toBeTruthy();
    const action = dialog.getByRole('button', { name: 'Delete work' });
    expect(action).toHaveProperty('disabled', true);
    await userEvent.type(dialog.getByRole('textbox'), 'work');
    await userEvent.click(action);
    await waitFor(() =>
      expect(transport.calls).toContainEqual({ path: 'keys.delete', input: { name: 'work', force: true } }),
    );
  });

  it('asks for the passphrase of a locked vault before a key is made', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'vault.status': () => ({ kind: 'passphrase', backend: null, isLocked: true }),
        'vault.unlock': () => {
          throw failure('PASSPHRASE_WRONG');
        },
      },
    });
    renderApp(transport, '/keys');
    await userEvent.click(await screen.findByRole('button', { name: 'Create key' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Create a key' }));
    await userEvent.type(await dialog.findByLabelText('Passphrase'), 'correct horse');
    await userEvent.click(dialog.getByRole('button', { name: 'Unlock' }));
    expect(await dialog.findByText('The passphrase does not fit.')).toBeTruthy();
    const status = { kind: 'passphrase', backend: null, isLocked: false } as const;
    transport.answer({ 'vault.unlock': () => status, 'vault.status': () => status });
    await userEvent.click(dialog.getByRole('button', { name: 'Unlock' }));
    expect(await dialog.findByRole('textbox', { name: 'Name' })).toBeTruthy();
    expect(document.body.innerHTML).not.toContain('correct horse');
  });

  it('names a keychain that is none, and lets a person choose between a passphrase and a file', async () => {
    const transport = createFakeTransport({
      answers: {
        ...answers,
        'vault.status': () => ({ kind: 'undecided', backend: 'basic_text', isLocked: false }),
        'vault.unprotect': () => ({ kind: 'file', backend: 'basic_text', isLocked: false }),
      },
    });
    renderApp(transport, '/keys');
    expect(await screen.findByText(/it names “basic_text”/)).toBeTruthy();
    transport.answer({ 'vault.status': () => ({ kind: 'file', backend: 'basic_text', isLocked: false }) });
    await userEvent.click(screen.getByRole('button', { name: 'Keep them in a file' }));
    expect(await screen.findByText(/no keychain: basic_text/)).toBeTruthy();
  });
});
