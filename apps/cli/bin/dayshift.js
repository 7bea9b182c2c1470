#!/usr/bin/env node
import { asProcess } from '../dist/main.js'

void asProcess()
