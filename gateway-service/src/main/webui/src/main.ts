import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import App from './App.svelte';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
mount(App, { target: root });
